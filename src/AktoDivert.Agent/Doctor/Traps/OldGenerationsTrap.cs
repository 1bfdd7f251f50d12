using System.Text;
using System.Text.RegularExpressions;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>
/// Roots of earlier generations that stayed behind: Java's keystore keeps what the system bundle already lost, and a removal that was
/// interrupted leaves the rest.
/// </summary>
internal sealed partial class OldGenerationsTrap() : Trap("old roots of ours")
{
    private const string JavaKeystore = "/etc/ssl/certs/java/cacerts";
    private const string Fix = "sudo aktodivert trust remove, then sudo aktodivert trust install";

    private static readonly string[] AnchorFolders =
        ["/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors", "/etc/pki/trust/anchors"];

    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var anchors = AnchorFolders.Select(surroundings.At).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles).SelectMany(Names).ToHashSet();
        var java = File.Exists(surroundings.At(JavaKeystore)) ? Names(Encoding.Latin1.GetString(File.ReadAllBytes(surroundings.At(JavaKeystore)))).ToHashSet() : [];
        var stale = java.Except(anchors).ToArray();
        return stale.Length > 0
            ? Warn($"Java's keystore still holds {string.Join(", ", stale)}", Fix)
            : anchors.Count > 1
                ? Warn($"{anchors.Count} roots of ours are installed: {string.Join(", ", anchors.Order(StringComparer.Ordinal))}", Fix)
                : Ok(anchors.Count == 0 ? "none is installed" : "only one is installed");
    }

    private static IEnumerable<string> Names(string text) => RootName().Matches(text).Select(match => match.Value);

    [GeneratedRegex("aktodivert-[0-9a-f]{16}", RegexOptions.None, 5000)]
    private static partial Regex RootName();
}
