namespace AktoDivert.Agent.Service.Windows;

/// <summary>How the agent stands in the service database of Windows.</summary>
internal static class ServiceDefinition
{
    /// <summary>Name of the service, of its event source and of its registry keys.</summary>
    public const string Name = "AktoDivert";

    /// <summary>Name shown to people.</summary>
    public const string DisplayName = "AktoDivert agent";

    /// <summary>What it is, shown to people.</summary>
    public const string Description =
        "Shows the security team what desktop AI apps send. When it does not run, connections go direct.";

    /// <summary>Pauses before each restart after a crash; the last one goes on for further crashes.</summary>
    public static IReadOnlyList<TimeSpan> RestartAfter { get; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1)];

    /// <summary>After this time without a crash the pauses begin anew.</summary>
    public static TimeSpan CrashesForgottenAfter { get; } = TimeSpan.FromDays(1);

    /// <summary>How long a shutdown of the machine waits for the agent to end connections in order.</summary>
    public static TimeSpan PreshutdownLimit { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The privileges that stay in the service's token; Windows takes away all others. Debug: image and command line of other people's
    /// processes. Change notify: every process has it. The driver is loaded by the service control manager with its own rights.
    /// </summary>
    public static IReadOnlyList<string> RequiredPrivileges { get; } = ["SeChangeNotifyPrivilege", "SeDebugPrivilege"];

    /// <summary>The service's command line.</summary>
    /// <param name="executable">Full path of the agent.</param>
    /// <param name="configuration">Full path of the configuration file; null for the default one.</param>
    public static string CommandLine(string executable, string? configuration) =>
        $"{Quoted(executable)} run --service{(configuration is null ? "" : $" --config {Quoted(configuration)}")}";

    /// <summary>A list of strings as the service control manager takes it: each ended by a zero, the list by one more.</summary>
    public static string MultiString(IEnumerable<string> values) => string.Concat(values.Select(value => value + '\0')) + '\0';

    // CommandLineToArgvW: quotes cannot occur in a path; a backslash before the closing quote would escape it.
    private static string Quoted(string path) => $"\"{(path.EndsWith('\\') ? path + '\\' : path)}\"";
}
