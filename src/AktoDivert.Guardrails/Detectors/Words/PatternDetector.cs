using System.Text.RegularExpressions;

namespace AktoDivert.Guardrails.Detectors.Words;

/// <summary>Regular expressions of the administrator. Linear time only: expressions that need backtracking are refused.</summary>
internal sealed class PatternDetector : IDetector
{
    private const int MaxLength = 2000;

    private readonly (string Name, Regex Expression)[] _patterns;

    private PatternDetector((string Name, Regex Expression)[] patterns) => _patterns = patterns;

    /// <inheritdoc />
    public string Name => "pattern";

    /// <summary>Compiles the expressions; null when none is usable.</summary>
    /// <param name="options">Expressions.</param>
    /// <param name="errors">Gets a sentence for each that is refused.</param>
    public static PatternDetector? Create(IReadOnlyList<PatternOption> options, IList<string> errors)
    {
        var patterns = new List<(string, Regex)>();
        foreach (var option in options)
        {
            if (Compile(option, errors) is { } expression)
            {
                patterns.Add((option.Name, expression));
            }
        }

        return patterns.Count == 0 ? null : new PatternDetector([.. patterns]);
    }

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        foreach (var (name, expression) in _patterns)
        {
            foreach (var match in expression.EnumerateMatches(text))
            {
                if (match.Length > 0)
                {
                    found.Add(new Detection(Name, "pattern", name, 1, match.Index, match.Length));
                }
            }
        }
    }

    /// <summary>
    /// The last line: how far an unknown expression could reach cannot be told, and the administrator's are rarely about more.
    /// </summary>
    public int HoldFrom(ReadOnlySpan<char> text) => text.LastIndexOf('\n') + 1;

    private static Regex? Compile(PatternOption option, IList<string> errors)
    {
        if (option.Pattern.Length is 0 or > MaxLength)
        {
            errors.Add($"pattern '{option.Name}' has {option.Pattern.Length} characters; write 1 to {MaxLength}");
            return null;
        }

        if (option.Pattern.Contains("[[:", StringComparison.Ordinal))
        {
            errors.Add($"pattern '{option.Name}' uses a POSIX class, which .NET reads as something else; write [A-Za-z0-9] for [[:alnum:]]");
            return null;
        }

        try
        {
            var expression = new Regex(option.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            if (expression.IsMatch(""))
            {
                errors.Add($"pattern '{option.Name}' matches the empty text, so it would match everywhere; make a part of it required");
                return null;
            }

            return expression;
        }
        catch (NotSupportedException)
        {
            errors.Add($"pattern '{option.Name}' uses look-around, back-references or atomic groups, which can take exponential time; rewrite it without");
        }
        catch (ArgumentException e)
        {
            errors.Add($"pattern '{option.Name}' is not a regular expression: {e.Message}");
        }

        return null;
    }
}
