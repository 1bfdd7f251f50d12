using System.Text.RegularExpressions;

namespace AktoDivert.Console.Calls;

/// <summary>What the person asked: the one line of a call that a list shows.</summary>
internal static class Prompt
{
    /// <summary>Most characters kept for lists.</summary>
    public const int Longest = 300;

    // Without backtracking, because the text is anybody's: a long one with many openings and no end must not cost more than its length.
    private static readonly Regex Added = new(
        string.Join('|', new[] { "system-reminder", "environment_context", "user_instructions" }.Select(tag => $"<{tag}>.*?</{tag}>")),
        RegexOptions.Singleline | RegexOptions.NonBacktracking);

    /// <summary>The turn the person wrote last, or null; apps add turns of their own in the user's name, which are passed over.</summary>
    public static ChatTurn? Find(IReadOnlyList<ChatTurn> turns)
    {
        var asked = turns.Where(t => t is { Role: "user", IsAnswer: false }).ToList();
        return asked.FindLast(t => Words(t.Text).Length > 0) ?? asked.LastOrDefault();
    }

    /// <summary>The last prompt on one line, at most <see cref="Longest"/> characters; empty when there is none.</summary>
    public static string Line(IReadOnlyList<ChatTurn> turns)
    {
        var text = Find(turns)?.Text ?? "";
        var words = Words(text) is { Length: > 0 } own ? own : text;
        var line = string.Join(' ', words[..Math.Min(words.Length, 4 * Longest)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Longest ? line : string.Concat(line.AsSpan(0, Longest - 1), "…");
    }

    /// <summary>A turn's text without the blocks that apps put in: <c>&lt;system-reminder&gt;</c>, <c>&lt;environment_context&gt;</c> and the like.</summary>
    public static string Words(string text) => (text.Contains('<', StringComparison.Ordinal) ? Added.Replace(text, "") : text).Trim();
}
