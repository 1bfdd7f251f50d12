using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>Tells whether an entity stands at a place.</summary>
/// <param name="text">The whole text.</param>
/// <param name="start">First character of the candidate.</param>
/// <param name="score">The rule's score; a match may lower or raise it.</param>
/// <returns>Length of the entity, or 0.</returns>
internal delegate int PiiMatch(ReadOnlySpan<char> text, int start, ref double score);

/// <summary>How one kind of personal data is recognised.</summary>
/// <param name="entity">Name, as in policies and labelled data.</param>
/// <param name="starts">
/// Where to try: words separated by blanks, <c>d3,9</c> (a run of 3 or 9 digits), <c>l1-3</c> (a run of 1 to 3 letters), <c>+</c>, <c>(</c>.
/// </param>
/// <param name="score">Score of a match without context.</param>
/// <param name="match">The recogniser.</param>
/// <param name="context">Words that name the entity; one near a match raises its score. Compared in any case.</param>
internal sealed class PiiRule(string entity, string starts, double score, PiiMatch match, params string[] context)
{
    private const int Before = 80;
    private const int After = 40;
    private const double Boost = 0.45;

    private readonly SearchValues<string>? _context = context.Length == 0 ? null : SearchValues.Create(context, StringComparison.OrdinalIgnoreCase);

    /// <summary>Name of the entity.</summary>
    public string Entity => entity;

    /// <summary>Where to try.</summary>
    public PiiStarts Starts { get; } = PiiStarts.Parse(starts);

    /// <summary>Whether the entity may follow a letter directly ("code is030594W903B").</summary>
    public bool Glued { get; init; }

    /// <summary>Whether a match that is part of a longer chain of numbers (<c>1-415-...</c>, <c>1.2.3</c>) still counts.</summary>
    public bool InChains { get; init; }

    /// <summary>The match at <paramref name="start"/>: its length, or 0.</summary>
    public int Match(ReadOnlySpan<char> text, int start, out double found)
    {
        found = score;
        if (start > 0 && Text.IsWord(text[start - 1]) && !(Glued && char.IsAsciiLetter(text[start - 1])))
        {
            return 0;
        }

        if (!InChains && start > 1 && IsLink(text[start - 1]) && char.IsAsciiDigit(text[start - 2]))
        {
            return 0;
        }

        var length = match(text, start, ref found);
        if (length == 0)
        {
            return 0;
        }

        var end = start + length;
        if (!Text.IsWordEnd(text, end) || (!InChains && end + 1 < text.Length && IsLink(text[end]) && char.IsAsciiDigit(text[end + 1])))
        {
            return 0;
        }

        if (_context is not null && HasContext(text, start, end))
        {
            found = Math.Min(1, found + Boost);
        }

        return length;
    }

    private static bool IsLink(char c) => c is '-' or '.' or '/';

    private bool HasContext(ReadOnlySpan<char> text, int start, int end)
    {
        var from = Math.Max(0, start - Before);
        return text[from..start].ContainsAny(_context!) || text[end..Math.Min(text.Length, end + After)].ContainsAny(_context!);
    }
}
