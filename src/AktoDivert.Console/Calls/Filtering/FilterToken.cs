using System.Text;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>A stretch of a filter between blanks, quotes resolved.</summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Length">Its length in the text.</param>
/// <param name="Text">Its characters without quotes.</param>
/// <param name="Quoted">For each character of <paramref name="Text"/>, whether it stood in quotes and so means only itself.</param>
/// <param name="Closed">Whether its last quote was closed.</param>
internal sealed record FilterToken(int Start, int Length, string Text, IReadOnlyList<bool> Quoted, bool Closed)
{
    /// <summary>Splits a filter; <c>\"</c> inside quotes is a quote.</summary>
    public static IReadOnlyList<FilterToken> Split(string text)
    {
        var tokens = new List<FilterToken>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var token = Read(text, i);
            tokens.Add(token);
            i += token.Length;
        }

        return tokens;
    }

    private static FilterToken Read(string text, int start)
    {
        var (into, quoted, inQuotes, i) = (new StringBuilder(), new List<bool>(), false, start);
        for (; i < text.Length && (inQuotes || !char.IsWhiteSpace(text[i])); i++)
        {
            var c = text[i];
            if (inQuotes && c == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\')
            {
                c = text[++i];
            }
            else if (c == '"')
            {
                inQuotes = !inQuotes;
                continue;
            }

            into.Append(c);
            quoted.Add(inQuotes);
        }

        return new FilterToken(start, i - start, into.ToString(), quoted, !inQuotes);
    }
}
