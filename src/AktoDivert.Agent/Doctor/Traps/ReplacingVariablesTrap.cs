using System.Globalization;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Some variables replace the system's roots: an app that has one set does not see ours.</summary>
internal sealed class ReplacingVariablesTrap() : Trap("variables that replace stores")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var found = Machine(surroundings).Concat(Apps(surroundings)).Distinct(StringComparer.Ordinal).ToArray();
        return found.Length == 0
            ? Ok("none is set")
            : Warn(string.Join(", ", found), "add our root to the files they name (see aktodivert trust show for its place), or unset them");
    }

    private static readonly string[] Names = ["SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CLAUDE_CODE_CERT_STORE"];

    private static IEnumerable<string> Machine(DoctorSurroundings surroundings) =>
        Replacing((surroundings.Read("/etc/environment") ?? "").Split('\n'), "/etc/environment");

    private static IEnumerable<string> Apps(DoctorSurroundings surroundings) => surroundings.RunningApps().SelectMany(app => Replacing(
        (surroundings.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{app.Pid}/environ")) ?? "").Split('\0'),
        string.Create(CultureInfo.InvariantCulture, $"{app.App} ({app.Pid})")));

    private static IEnumerable<string> Replacing(IEnumerable<string> assignments, string where) => assignments
        .Where(text => Names.Any(name => text.StartsWith(name + "=", StringComparison.Ordinal)))
        .Where(text => !text.StartsWith("CLAUDE_CODE_CERT_STORE=", StringComparison.Ordinal) || text.EndsWith("bundled", StringComparison.Ordinal))
        .Select(text => $"{text.Trim()} in {where}");
}
