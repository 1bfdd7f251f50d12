using System.Buffers;
using System.Text;

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
/// Where to try: words separated by blanks, <c>d3,9</c> (a run of 3 or 9 digits), <c>l1-3</c> (a run of 1 to 3 letters, then a digit), <c>w2</c> (2
/// letters, then a blank or hyphen), <c>+</c>, <c>(</c>; and <c>n9</c>: every match has at least 9 digits, or 1 where nothing is said.
/// </param>
/// <param name="score">Score of a match without context.</param>
/// <param name="match">The recogniser.</param>
/// <param name="context">Words that name the entity; one near a match raises its score. Compared in any case.</param>
internal sealed class PiiRule(string entity, string starts, double score, PiiMatch match, params string[] context)
{
    private const int Before = 80;
    private const int After = 40;
    private const double Boost = 0.45;

    // Words of ASCII alone are searched several at once by vectors; the others only where the text has more than ASCII.
    private readonly SearchValues<string>? _context = Words(context, ascii: true);
    private readonly SearchValues<string>? _foreign = Words(context, ascii: false);

    /// <summary>Name of the entity.</summary>
    public string Entity => entity;

    /// <summary>Where to try.</summary>
    public PiiStarts Starts { get; } = PiiStarts.Parse(starts);

    /// <summary>Whether the entity may follow a letter directly ("code is030594W903B").</summary>
    public bool Glued { get; init; }

    /// <summary>Whether a match that a longer chain of numbers begins with (<c>1-415-...</c>, <c>1.2.3</c>) still counts.</summary>
    public bool InChains { get; init; }

    /// <summary>Whether a sign joins two numbers to a chain.</summary>
    public static bool IsLink(char c) => c is '-' or '.' or '/';

    /// <summary>The match at <paramref name="start"/>, where a word begins or <see cref="Glued"/> allows it: its length, or 0.</summary>
    public int Match(ReadOnlySpan<char> text, int start, out double found)
    {
        found = score;
        var length = match(text, start, ref found);
        if (length == 0)
        {
            return 0;
        }

        var end = start + length;
        if (!Detectors.Text.IsWordEnd(text, end) || (!InChains && end + 1 < text.Length && IsLink(text[end]) && char.IsAsciiDigit(text[end + 1])))
        {
            return 0;
        }

        if (HasContext(text[Math.Max(0, start - Before)..start]) || HasContext(text[end..Math.Min(text.Length, end + After)]))
        {
            found = Math.Min(1, found + Boost);
        }

        return length;
    }

    private static SearchValues<string>? Words(string[] context, bool ascii) =>
        context.Where(word => Ascii.IsValid(word) == ascii).ToArray() is { Length: > 0 } words ? SearchValues.Create(words, StringComparison.OrdinalIgnoreCase) : null;

    private bool HasContext(ReadOnlySpan<char> near) =>
        (_context is not null && near.ContainsAny(_context)) || (_foreign is not null && !Ascii.IsValid(near) && near.ContainsAny(_foreign));
}
