namespace AktoDivert.Lab;

/// <summary>Says everything that is missing at once, and the packages that bring it.</summary>
internal static class Preflight
{
    private static readonly (string Program, string Package)[] Tools =
    [
        ("ip", "iproute2"), ("nsenter", "util-linux"), ("unshare", "util-linux"), ("setpriv", "util-linux"),
        ("update-ca-certificates", "ca-certificates"), ("certutil", "libnss3-tools"),
        ("curl", "curl"), ("node", "nodejs"), ("npm", "npm"), ("python3", "python3"), ("chromium", "chromium"),
    ];

    /// <exception cref="LabException">Not root, or tools are missing.</exception>
    public static void RequireTools()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("The lab makes network namespaces, which needs root. Call it with sudo.");
        }

        var missing = Tools.Where(tool => !IsInstalled(tool.Program)).Select(tool => tool.Package).Distinct().ToArray();
        if (missing.Length > 0)
        {
            throw new LabException($"Programs are missing. Install them with: apt-get install -y {string.Join(' ', missing)}");
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
