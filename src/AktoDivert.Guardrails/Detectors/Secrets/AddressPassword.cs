using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Passwords in addresses: <c>scheme://user:password@host</c> (RFC 3986 section 3.2.1).</summary>
internal static class AddressPassword
{
    private const int Longest = 300;

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n\"'<>`|\\^{}");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Usual = new HashSet<string>(
        ["password", "passwd", "pass", "pwd", "secret", "token", "user", "username", "postgres", "root", "admin", "mysql", "guest", "redis", "mongo", "test", "testing", "foo", "bar", "pw", "password123", "s3cr3t", "p4ssw0rd"],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Reports all passwords; the detection is the password alone.</summary>
    public static void Scan(ReadOnlySpan<char> text, SecretDetector detector, List<Detection> found)
    {
        for (var at = 0; text[at..].IndexOf("://", StringComparison.Ordinal) is var next and >= 0;)
        {
            at += next + 3;
            var authority = text[at..Math.Min(text.Length, at + Longest)];
            var end = authority.IndexOfAny(Ends);
            authority = end < 0 ? authority : authority[..end];
            var colon = authority.IndexOf(':');
            var sign = authority.IndexOf('@');
            if (sign < 0 || colon < 0 || colon > sign)
            {
                continue;
            }

            // A password may hold "@" or "/" unescaped: the last "@" before the host's end counts.
            var slash = authority[sign..].IndexOf('/');
            var last = authority[..(slash < 0 ? authority.Length : sign + slash)].LastIndexOf('@');
            var password = authority[(colon + 1)..last];
            if (authority[..colon].ContainsAny('/', '?') || password.Length < 3 || !IsReal(authority[..colon], password, authority[(last + 1)..]))
            {
                continue;
            }

            detector.Report("url-password", "RFC 3986", 0.8, at + colon + 1, password.Length, found);
        }
    }

    private static bool IsReal(ReadOnlySpan<char> user, ReadOnlySpan<char> password, ReadOnlySpan<char> host) =>
        !Usual.Contains(password) && !password.SequenceEqual(user) && !Placeholder.Is(password)
        && password[0] is not ('$' or '%' or '<' or '[' or ':') && !password.Contains("pass", StringComparison.OrdinalIgnoreCase)
        && host.Length > 0 && !host.StartsWith("example", StringComparison.OrdinalIgnoreCase) && (password.Length >= 6 || password.ContainsAnyInRange('0', '9'));
}
