using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>Tells real tokens from what documentation and templates put in their place.</summary>
internal static class Placeholder
{
    private static readonly SearchValues<string> Words = SearchValues.Create(
        [
            "example", "xxxx", "your", "placeholder", "changeme", "change_me", "change-me", "dummy", "sample", "redacted", "fake", "insert", "replace", "0000000", "1111111",
            "12345678", "abcdefgh", "abcd1234", "notreal", "not-real", "not_real", "mykey", "my_key", "my-key", "mysecret", "my_secret", "my-secret", "mytoken", "my_token",
            "my-token", "secret_here", "token_here", "key_here", "-here", "_here", "goes_here", "deadbeef", "foobar", "todo", "...", "****", "<", "${", "{{", "%s",
        ],
        StringComparison.OrdinalIgnoreCase);

    // Keys that vendors print in their documentation, and the token of the JWT debugger (its header and the start of its payload).
    private static readonly SearchValues<string> Documented = SearchValues.Create(
        [
            "4eC39HqLyjWDarjtT1zdp7dc", "26PHem9AhJZvU623DfE1x4sd", "BQokikJOvBiI2HlWgH4olfQ2", "SyDaGmWKa4JsXZ-HjGw7ISLn", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
            "wJalrXUtnFEMI", "je7MtGbClwBF", "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6Ikpv", "T00000000", "B00000000", "dGVzdDoxMjPCow", "QWxhZGRpbjpvcGVu", "mF_9.B5f-4.1JqM",
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq", "C2y6yDjf5",
        ],
        StringComparison.Ordinal);

    /// <summary>Whether the token is a placeholder, a documented example, or typed along the keyboard's or the alphabet's order.</summary>
    public static bool Is(ReadOnlySpan<char> token) => token.ContainsAny(Words) || token.ContainsAny(Documented) || IsSequence(token);

    /// <summary>Shannon entropy in bits per character; characters beyond ASCII count as one.</summary>
    public static double Entropy(ReadOnlySpan<char> token)
    {
        Span<int> counts = stackalloc int[129];
        counts.Clear();
        foreach (var c in token)
        {
            counts[Math.Min((int)c, 128)]++;
        }

        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / token.Length;
                entropy -= share * Math.Log2(share);
            }
        }

        return entropy;
    }

    private static bool IsSequence(ReadOnlySpan<char> token)
    {
        var (steps, pairs, repeats) = (0, 0, 0);
        for (var i = 1; i < token.Length; i++)
        {
            steps += token[i] == token[i - 1] + 1 ? 1 : 0;
            repeats += token[i] == token[i - 1] ? 1 : 0;
            pairs += i > 1 && token[i] == token[i - 2] + 1 ? 1 : 0;
        }

        return token.Length >= 8 && (steps * 5 > token.Length * 2 || pairs * 2 > token.Length || repeats * 2 > token.Length);
    }
}
