namespace AktoDivert.Agent.Configuration;

/// <summary>Where things are when the configuration does not say otherwise, and what they are called inside the state directory.</summary>
internal static class AgentPaths
{
    /// <summary>Folder of configuration and state on Windows: SYSTEM's and Administrators' alone.</summary>
    public static string WindowsFolder { get; } =
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "AktoDivert");

    /// <summary>The configuration file read when <c>--config</c> is absent. It may be missing: defaults apply.</summary>
    public static string DefaultConfiguration { get; } = OperatingSystem.IsWindows()
        ? Path.Combine(WindowsFolder, "config.json")
        : "/etc/aktodivert/config.json";

    /// <summary>Default of <see cref="AgentOptions.StateDirectory"/>.</summary>
    public static string DefaultStateDirectory { get; } = OperatingSystem.IsWindows()
        ? Path.Combine(WindowsFolder, "state")
        : "/var/lib/aktodivert";

    /// <summary>Default of <see cref="AgentOptions.ControlSocket"/>.</summary>
    public static string DefaultControlSocket { get; } = OperatingSystem.IsWindows()
        ? @"\\.\pipe\AktoDivert.Control"
        : "/run/aktodivert/control.sock";

    /// <summary>Keys and certificates of the device's certificate authority.</summary>
    public static string Authority(AgentOptions options) => Path.Combine(options.StateDirectory, "ca");

    /// <summary>Records that could not be uploaded yet, encrypted.</summary>
    public static string Spool(AgentOptions options) => Path.Combine(options.StateDirectory, "spool");

    /// <summary>Learned passthroughs.</summary>
    public static string Learned(AgentOptions options) => Path.Combine(options.StateDirectory, "learned.json");

    /// <summary>Changes of policy made by commands on this device.</summary>
    public static string LocalPolicy(AgentOptions options) => Path.Combine(options.StateDirectory, "local-policy.json");

    /// <summary>The console's settings as last received, so that a restart without network keeps them.</summary>
    public static string ConsoleSettings(AgentOptions options) => Path.Combine(options.StateDirectory, "console-settings.json");

    /// <summary>The device token that enrolment obtained, unless <c>console.tokenFile</c> names another file.</summary>
    public static string Token(AgentOptions options) => options.Console.TokenFile ?? Path.Combine(options.StateDirectory, "token");

    /// <summary>Exists while <c>service uninstall</c> takes the agent out.</summary>
    public static string Uninstalling(AgentOptions options) => Path.Combine(options.StateDirectory, "uninstalling");

    /// <summary>What enrolment wrote: address of the console.</summary>
    public static string Enrolment(AgentOptions options) => Path.Combine(options.StateDirectory, "enrolment.json");
}
