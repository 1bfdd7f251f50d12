using System.Text.RegularExpressions;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>A variable set for everybody on the device.</summary>
/// <param name="File">Absolute path of the file that sets it.</param>
/// <param name="Name">The variable.</param>
/// <param name="Value">Its value without quotes.</param>
internal sealed record EnvironmentAssignment(string File, string Name, string Value);

/// <summary>Reads the files that set variables for everybody: PAM's, the login shells' and systemd's.</summary>
internal static partial class EnvironmentVariables
{
    private static readonly string[] Files = ["/etc/environment", "/etc/profile", "/etc/bash.bashrc", "/etc/bashrc", "/etc/zsh/zshenv"];
    private static readonly (string Folder, string Pattern)[] Folders = [("/etc/profile.d", "*.sh"), ("/etc/environment.d", "*.conf")];

    /// <summary>Every assignment to one of the variables.</summary>
    public static IEnumerable<EnvironmentAssignment> Find(TrustRoot root, params string[] names) =>
        from path in Files.Select(root.Resolve).Where(File.Exists)
            .Concat(Folders.SelectMany(f => Matching(root.Resolve(f.Folder), f.Pattern)))
        from line in File.ReadLines(path)
        let match = Assignment().Match(line)
        where match.Success && names.Contains(match.Groups["name"].Value)
        select new EnvironmentAssignment(
            root.Unresolve(path), match.Groups["name"].Value, match.Groups["value"].Value.Trim().Trim('"', '\''));

    private static IEnumerable<string> Matching(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal) : [];

    [GeneratedRegex(@"^\s*(export\s+)?(?<name>[A-Z_]+)=(?<value>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();
}
