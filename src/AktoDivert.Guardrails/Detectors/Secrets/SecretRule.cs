using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>One kind of token; a line of <c>secret-rules.jsonl</c>.</summary>
internal sealed class SecretRule
{
    private readonly Lazy<Regex> _expression;

    /// <summary>Makes the rule.</summary>
    public SecretRule() => _expression = new Lazy<Regex>(() => new Regex($@"\A(?:{Pattern})", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    /// <summary>Name, for example <c>github-personal-access-token</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Who gives out such tokens.</summary>
    public required string Vendor { get; init; }

    /// <summary>Literals of which one begins the token. Empty for tokens without a prefix.</summary>
    public string[] Start { get; init; } = [];

    /// <summary>Words of which one stands before a token without a prefix.</summary>
    public string[] Near { get; init; } = [];

    /// <summary>A literal within the token; empty where the prefix tells enough.</summary>
    public string Infix { get; init; } = "";

    /// <summary>The token. Linear-time syntax only, ASCII classes only.</summary>
    public required string Pattern { get; init; }

    /// <summary>Fewest bits per character of the token, after its prefix: what is below was made up or filled in.</summary>
    public double Entropy { get; init; }

    /// <summary>Name of the check that the token carries; empty for none.</summary>
    public string Checksum { get; init; } = "";

    /// <summary>Length of the token at the start of <paramref name="text"/>; 0 for none.</summary>
    public int LengthAt(ReadOnlySpan<char> text)
    {
        foreach (var match in _expression.Value.EnumerateMatches(text))
        {
            return match.Length;
        }

        return 0;
    }
}
