using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Values of high entropy assigned to a name that tells a secret: <c>db_password = "..."</c>, <c>"api_key": "..."</c>, <c>Bearer ...</c>.</summary>
internal static class Assignment
{
    private const int LongestName = 40;
    private const int LongestValue = 512;

    private static readonly SearchValues<string> Names = SearchValues.Create(
        ["password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "accesskey", "access-key", "auth_key", "authkey", "private_key", "credential", "bearer", "encryption_key", "signing_key", "client_key", "basic ", "_pass", "pat="],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(" \t\r\n\"'`,;)}]<>&|\\");

    /// <summary>Reports all values.</summary>
    public static void Scan(ReadOnlySpan<char> text, SecretDetector detector, List<Detection> found)
    {
        for (var at = 0; text[at..].IndexOfAny(Names) is var next and >= 0;)
        {
            at += next;
            var password = (text[at] | 0x20) is 'p' or '_' && !text[at..].StartsWith("private", StringComparison.OrdinalIgnoreCase);
            var start = ValueAfter(text, at, out var quoted, out var spoken);
            if (start > 0)
            {
                var value = Value(text, start, quoted);
                var name = text[Math.Max(0, at - 24)..start];
                if (value.Length > 0 && !Naming.IsHarmless(name[^Math.Min(name.Length, LongestName + 24)..])
                    && (password ? IsPassword(value, quoted, spoken) : IsToken(value, quoted, spoken)))
                {
                    detector.Report(password ? "assigned-password" : "assigned-secret", "", password ? 0.6 : 0.65, start, value.Length, found);
                    at = start + value.Length;
                    continue;
                }
            }

            at++;
        }
    }

    /// <summary>From the value of an unfinished assignment on.</summary>
    public static int HoldFrom(ReadOnlySpan<char> text, int run)
    {
        var line = text[Math.Max(0, run - 64)..];
        var from = text.Length - line.Length;
        var name = line.LastIndexOfAny(NameEnds);
        return line.ContainsAny(Names) && name >= 0 && name < line.Length ? Math.Max(from + name + 1, Math.Min(run, text.Length)) : text.Length;
    }

    private static SearchValues<char> NameEnds { get; } = SearchValues.Create("=: ");

    // Index of the value: after the rest of the name, an operator and a quotation mark; -1 when no value is assigned.
    private static int ValueAfter(ReadOnlySpan<char> text, int at, out char quoted, out bool spoken)
    {
        (quoted, spoken) = ('\0', false);
        var bearer = text[at..].StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) || text[at..].StartsWith("basic ", StringComparison.OrdinalIgnoreCase);
        var end = Math.Min(text.Length, at + LongestName);
        var i = at;
        while (i < end && (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '_' or '-' or '.'))
        {
            i++;
        }

        while (i < end && text[i] is '"' or '\'' or '`' or ']' or ' ' or '\t' or '\\')
        {
            i++;
        }

        if (i >= end)
        {
            return -1;
        }

        if (text[i] is '=' or ':')
        {
            while (i < end && text[i] is '=' or ':' or '>' or ' ' or '\t' or '\\')
            {
                i++;
            }
        }
        else if (text[i..].StartsWith("is ", StringComparison.Ordinal))
        {
            (i, spoken) = (i + 3, true);
        }
        else if (!bearer)
        {
            return -1;
        }

        if (i < text.Length && text[i] is '"' or '\'' or '`')
        {
            quoted = text[i++];
        }

        return i < text.Length ? i : -1;
    }

    private static ReadOnlySpan<char> Value(ReadOnlySpan<char> text, int start, char quoted)
    {
        var rest = text[start..Math.Min(text.Length, start + LongestValue)];
        var end = quoted == '\0' ? rest.IndexOfAny(ValueEnds) : rest.IndexOfAny(quoted, '\n', '\\');
        var value = end < 0 ? rest : rest[..end];
        return quoted == '\0' ? value.TrimEnd(".:!?") : value;
    }

    private static bool IsPassword(ReadOnlySpan<char> value, char quoted, bool spoken)
    {
        if (value.Length is < 8 or > 128 || value.Contains(' ') || IsReference(value, quoted) || IsWords(value) || Placeholder.Is(value)
            || value.Contains("passw", StringComparison.OrdinalIgnoreCase) || value.Contains("secret", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var (lower, upper, digit) = (value.ContainsAnyInRange('a', 'z'), value.ContainsAnyInRange('A', 'Z'), value.ContainsAnyInRange('0', '9'));
        var symbol = value.ContainsAnyExcept(LettersAndDigits);
        var kinds = (lower ? 1 : 0) + (upper ? 1 : 0) + (digit ? 1 : 0) + (symbol ? 1 : 0);
        return kinds >= 3 && digit && Placeholder.Entropy(value) >= (spoken ? 2.7 : 2.5) || (kinds == 2 && digit && !spoken && value.Length >= 10 && Placeholder.Entropy(value) >= 3);
    }

    private static bool IsToken(ReadOnlySpan<char> value, char quoted, bool spoken)
    {
        if (value.Length is < 16 or > 500 || value.ContainsAnyExcept(Token) || IsReference(value, quoted) || IsUuid(value) || IsWords(value) || Placeholder.Is(value))
        {
            return false;
        }

        var digits = 0;
        foreach (var c in value)
        {
            digits += char.IsAsciiDigit(c) ? 1 : 0;
        }

        var hex = !value.ContainsAnyExcept(Hex);
        return digits >= 2 && digits < value.Length && Placeholder.Entropy(value) >= (hex ? 3.0 : value.Length < 20 ? 3.2 : 3.5)
            && (quoted != '\0' || hex || digits * 12 >= value.Length) && (!spoken || digits >= 3)
            && !value.StartsWith("sha", StringComparison.OrdinalIgnoreCase) && !value.StartsWith("$2");
    }

    // process.env.X, getToken(), os.environ, paths and addresses name a value and are none.
    private static bool IsReference(ReadOnlySpan<char> value, char quoted)
    {
        if (value[0] is '$' or '{' or '%' or '<' or '@' or '*' or '#' || value.ContainsAny('(', '[', '{') || value.Contains("://", StringComparison.Ordinal))
        {
            return true;
        }

        var dot = value.IndexOf('.');
        return quoted == '\0' && dot > 0 && dot + 1 < value.Length && char.IsAsciiLetter(value[dot + 1]) && char.IsAsciiLetterLower(value[0]) && !value[..dot].ContainsAnyInRange('0', '9');
    }

    // Kebab, snake and camel case of words, with a number at most at the end of one.
    private static bool IsWords(ReadOnlySpan<char> value)
    {
        var (digits, changes, letters) = (0, 0, 0);
        for (var i = 0; i < value.Length; i++)
        {
            digits += char.IsAsciiDigit(value[i]) ? 1 : 0;
            letters += char.IsAsciiLetter(value[i]) ? 1 : 0;
            changes += i > 0 && char.IsAsciiDigit(value[i]) != char.IsAsciiDigit(value[i - 1]) ? 1 : 0;
        }

        return letters + digits < value.Length && value.ContainsAny('-', '_', '/') && !value.ContainsAny(Symbols) && changes <= 4 && digits * 5 <= value.Length;
    }

    private static bool IsUuid(ReadOnlySpan<char> value) => value.Length is 36 && Guid.TryParseExact(value, "D", out _);

    private static SearchValues<char> LettersAndDigits { get; } = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static SearchValues<char> Token { get; } = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+/=.~!@#$%^*:");

    private static SearchValues<char> Symbols { get; } = SearchValues.Create("!@#^*+=?%");

    private static SearchValues<char> Hex { get; } = SearchValues.Create("abcdefABCDEF0123456789");
}
