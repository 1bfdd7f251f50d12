namespace AktoDivert.Lab;

/// <summary>Where the lab keeps what it makes: state of a running lab under one folder, downloaded programs under another.</summary>
/// <param name="Run">Folder of the running lab, made by <c>up</c> and removed at its end.</param>
/// <param name="Cache">Folder of installed client programs, kept between runs. Must allow execution, which /run often does not.</param>
internal sealed record LabPaths(string Run, string Cache)
{
    public const string DefaultRun = "/run/aktodivert-lab";

    /// <summary><c>$XDG_CACHE_HOME/aktodivert-lab</c> where that is set, else <c>/var/cache/aktodivert-lab</c>.</summary>
    public static string DefaultCache { get; } =
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? Path.Combine(cache, "aktodivert-lab") : "/var/cache/aktodivert-lab";

    /// <summary>Held for the life of <c>up</c>: the namespaces' names are fixed, so there is one lab on a machine wherever its folder is.</summary>
    public const string LockFile = "/run/aktodivert-lab.lock";

    /// <summary>Process id of <c>up</c>.</summary>
    public string OwnerFile => Path.Combine(Run, "up.pid");

    public string HolderFile => Path.Combine(Run, "pc.pid");

    public string UpstreamSocket => Path.Combine(Run, "upstream.sock");

    public string UpstreamCertificate => Path.Combine(Run, "upstream-ca.pem");

    /// <summary>The employee's home, as seen inside the pc.</summary>
    public string EmployeeHome => Path.Combine(Run, "pc/home/employee");

    public string Apps => Path.Combine(Cache, "apps");

    public string NodeModules => Path.Combine(Apps, "node_modules");

    /// <summary>Claude Code laid out as its native installer does: the executable is named by its version.</summary>
    public string NativeClaude => Path.Combine(Cache, "native/share/claude/versions", ClaudeVersion);

    /// <summary>A program no allow-list knows.</summary>
    public string UnlistedProgram => Path.Combine(Cache, "native/bin/fetcher");

    /// <summary>This program, copied to where the employee may run it.</summary>
    public string DotnetClient => Path.Combine(Cache, "native/dotnet");

    public const string ClaudeVersion = "2.1.197";

    /// <summary>Client scripts that stand beside this program.</summary>
    public static string ShippedApps => Path.Combine(AppContext.BaseDirectory, "apps");
}
