namespace AktoDivert.Console.Calls.Filtering;

/// <summary>Suggests how to go on with the last term of a filter.</summary>
internal static class FilterCompletion
{
    private const int Most = 12;

    /// <summary>Suggestions, best first.</summary>
    /// <param name="text">The filter so far.</param>
    /// <param name="known">Values that occur, by field; fields may be absent.</param>
    public static IReadOnlyList<FilterSuggestion> Of(string text, IReadOnlyDictionary<string, IReadOnlyList<string>> known)
    {
        var begin = LastTerm(text);
        var (before, term) = (text[..begin], text[begin..]);
        var sign = term is ['-' or '!', ..] ? term[..1] : "";
        var body = term[sign.Length..];
        var at = body.AsSpan().IndexOfAny(":=<>");
        if (at < 0)
        {
            return [.. FilterFields.All.Where(f => f.Name.StartsWith(body, StringComparison.OrdinalIgnoreCase)).Take(Most)
                .Select(f => new FilterSuggestion(before + sign + f.Name + OperatorOf(f), f.Name + OperatorOf(f), $"{f.Meaning} · {f.Example}"))];
        }

        if (FilterFields.Find(body[..at].ToLowerInvariant()) is not { } field)
        {
            return [];
        }

        // Of "app:a,b" the last value is being written.
        var from = Math.Max(at, body.LastIndexOf(',')) + 1;
        var written = body[from..].Trim('"', '=', '<', '>');
        var head = before + sign + body[..from] + (body[from..] is ['=' or '<' or '>', ..] ? body[from..(from + 1)] : "");
        var values = field.Choices.Count > 0 ? field.Choices : known.GetValueOrDefault(field.Name, []);
        return [.. values.Where(v => v.Contains(written, StringComparison.OrdinalIgnoreCase) && !v.Equals(written, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(v => v.StartsWith(written, StringComparison.OrdinalIgnoreCase)).Take(Most)
            .Select(v => new FilterSuggestion(head + Quoted(v) + " ", v, field.Meaning))];
    }

    private static string OperatorOf(FilterField field) => field is NumberField && field.Name != "status" && field.Name != "pid" ? ">" : ":";

    private static string Quoted(string value) =>
        value.AsSpan().IndexOfAny(" ,\"\\") < 0 ? value : $"\"{value.Replace(@"\", @"\\").Replace("\"", "\\\"")}\"";

    private static int LastTerm(string text)
    {
        var (begin, inQuotes) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            inQuotes ^= text[i] == '"';
            if (!inQuotes && char.IsWhiteSpace(text[i]))
            {
                begin = i + 1;
            }
        }

        return begin;
    }
}
