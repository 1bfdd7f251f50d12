using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>What the text before a value says of it.</summary>
internal static class Naming
{
    private const int LongestGap = 48;

    private static readonly SearchValues<char> Operators = SearchValues.Create("=:>,( \"'");

    private static readonly SearchValues<string> Sensitive = SearchValues.Create(
        ["key", "token", "secret", "auth", "pass", "pwd", "cred", "pat", "sig", "bearer", "license", "dsn", "webhook"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<string> Harmless = SearchValues.Create(
        ["hash", "sha1", "sha2", "sha5", "sha-", "sha:", "md5", "digest", "checksum", "integrity", "commit", "revision", "etag", "fingerprint", "public", "csrf", "nonce", "_id", "-id", "uuid", "guid", "trace", "request", "session_id", "client_id"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a value follows its name directly, as a key, a token or a password would.</summary>
    /// <param name="name">From the name's first character up to the value.</param>
    /// <param name="known">Length of the part that names the vendor.</param>
    public static bool IsAssigned(ReadOnlySpan<char> name, int known)
    {
        var gap = name[known..];
        return gap.Length <= LongestGap && !gap.Contains('\n') && gap.ContainsAny(Operators)
            && name.ContainsAny(Sensitive) && !gap.ContainsAny(Harmless) && gap.Count(' ') <= 5;
    }

    /// <summary>Whether a name tells that its value is public or no secret at all.</summary>
    public static bool IsHarmless(ReadOnlySpan<char> name) => name.ContainsAny(Harmless);
}
