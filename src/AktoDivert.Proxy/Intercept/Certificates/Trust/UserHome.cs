using System.Globalization;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>A person's home folder.</summary>
/// <param name="User">Login name.</param>
/// <param name="IsRoot">Whether the user is root.</param>
/// <param name="Path">The folder.</param>
internal sealed record UserHome(string User, bool IsRoot, string Path)
{
    // Distributions give people numbers from 1000; 65534 is nobody.
    private const int FirstPerson = 1000;
    private const int Nobody = 65534;

    /// <summary>The homes of root and of the people in /etc/passwd that exist.</summary>
    public static IReadOnlyList<UserHome> Find(TrustRoot root)
    {
        var passwd = root.Resolve("/etc/passwd");
        return !File.Exists(passwd) ? [] :
        [
            .. File.ReadLines(passwd).Select(l => l.Split(':')).Where(f => f.Length >= 6 && f[5].StartsWith('/'))
                .Where(f => int.TryParse(f[2], CultureInfo.InvariantCulture, out var id)
                    && (id == 0 || (id >= FirstPerson && id != Nobody)))
                .Select(f => new UserHome(f[0], f[2] == "0", root.Resolve(f[5])))
                .Where(h => Directory.Exists(h.Path)).DistinctBy(h => h.Path),
        ];
    }
}
