using System.Text.Json;

namespace AktoDivert.Guardrails.Bench;

/// <summary>
/// Reads labelled texts, one JSON object a line: <c>{"entity":"iban","text":"...","spans":[[0,22]]}</c> or <c>"count":2</c>. Other
/// members are left alone.
/// </summary>
public static class BenchFile
{
    /// <summary>Reads all rows.</summary>
    /// <param name="lines">Lines of the file.</param>
    /// <param name="name">Name of the file, for messages.</param>
    /// <param name="errors">Gets a sentence per line that is not such a row, with file, line and fix.</param>
    public static IReadOnlyList<BenchRow> Read(IEnumerable<string> lines, string name, IList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(errors);
        var rows = new List<BenchRow>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                var row = Row(document.RootElement, number, out var fault);
                if (row is null)
                {
                    errors.Add($"{name}:{number}: {fault}");
                }
                else
                {
                    rows.Add(row);
                }
            }
            catch (JsonException e)
            {
                errors.Add($"{name}:{number}: this is not JSON ({e.Message}); write one object per line, such as {{\"entity\":\"iban\",\"text\":\"...\",\"spans\":[[0,22]]}}");
            }
        }

        return rows;
    }

    private static BenchRow? Row(JsonElement root, int line, out string fault)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            fault = "this is no object; write {\"entity\":...,\"text\":...,\"spans\":[...]}";
            return null;
        }

        if (!Text(root, "entity", out var entity) || entity.Length == 0)
        {
            fault = "\"entity\" is missing or no text; write what is looked for, such as \"iban\", \"secret\" or \"prompt_injection\"";
            return null;
        }

        if (!Text(root, "text", out var text))
        {
            fault = "\"text\" is missing or no text; write the text to look in";
            return null;
        }

        fault = "";
        if (root.TryGetProperty("spans", out var spans) && spans.ValueKind != JsonValueKind.Null)
        {
            var places = Spans(spans, text.Length);
            fault = places is null ? $"\"spans\" is no list of [start,end] within the {text.Length} UTF-16 characters of \"text\"; write [[0,22]], or [] when nothing must be found" : "";
            return places is null ? null : new BenchRow(line, entity, text, places, places.Count);
        }

        if (root.TryGetProperty("count", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var n) && n >= 0)
        {
            return new BenchRow(line, entity, text, null, n);
        }

        fault = "neither \"spans\" nor \"count\" says what must be found; write \"spans\":[[0,22]], \"spans\":[] or \"count\":1";
        return null;
    }

    private static bool Text(JsonElement root, string member, out string text)
    {
        text = "";
        if (!root.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate as an escape: such a text cannot be compared by offsets.
            return false;
        }
    }

    private static List<(int Start, int End)>? Spans(JsonElement spans, int length)
    {
        if (spans.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var places = new List<(int, int)>();
        foreach (var span in spans.EnumerateArray())
        {
            if (span.ValueKind != JsonValueKind.Array || span.GetArrayLength() != 2
                || span[0].ValueKind != JsonValueKind.Number || !span[0].TryGetInt32(out var start)
                || span[1].ValueKind != JsonValueKind.Number || !span[1].TryGetInt32(out var end)
                || start < 0 || end <= start || end > length)
            {
                return null;
            }

            places.Add((start, end));
        }

        return places;
    }
}
