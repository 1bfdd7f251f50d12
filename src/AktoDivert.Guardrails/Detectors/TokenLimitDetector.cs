namespace AktoDivert.Guardrails.Detectors;

/// <summary>Texts of more tokens than a policy allows. The number is an estimate: four characters of ASCII, or one of another script, are a token.</summary>
/// <param name="limit">Most tokens.</param>
internal sealed class TokenLimitDetector(int limit) : IDetector
{
    private const int CharactersPerToken = 4;

    /// <inheritdoc />
    public string Name => "tokens";

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        if (text.Length > limit && Estimate(text) > limit)
        {
            found.Add(new Detection(Name, "token_limit", "token-limit", 1, 0, text.Length, $"is longer than {limit} tokens"));
        }
    }

    /// <inheritdoc />
    public int HoldFrom(ReadOnlySpan<char> text) => text.Length;

    private static int Estimate(ReadOnlySpan<char> text)
    {
        var other = 0;
        foreach (var c in text)
        {
            other += c > 127 ? 1 : 0;
        }

        return other + ((text.Length - other) / CharactersPerToken);
    }
}
