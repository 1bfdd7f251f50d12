using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AktoDivert.Capture.Scrub;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Capture;

/// <summary>
/// What the record of an exchange says, made in the plainest way: strings, dictionaries, one step after the other. Covers what records are
/// written of straight from bytes: heads, and bodies of JSON and text below every limit.
/// </summary>
internal static class ReferenceRecord
{
    public static string Headers(HeaderBlock block, params (string Name, string Value)[] own)
    {
        var fields = new Dictionary<string, string>();
        for (var i = 0; i < block.Count; i++)
        {
            var name = Encoding.Latin1.GetString(block.Name(i)).ToLowerInvariant();
            if (name.Length == 0 || name[0] == ':' || name == "content-encoding" || own.Any(o => o.Name == name))
            {
                continue;
            }

            var value = Value(name, Exchanges.Text(block.Value(i)));
            fields[name] = !fields.TryGetValue(name, out var earlier) ? value
                : SensitiveNames.IsSecretHeader(name) ? earlier
                : $"{earlier}, {value}";
        }

        foreach (var (name, value) in own)
        {
            fields[name] = value;
        }

        return Sorted(fields);
    }

    public static string Sorted(Dictionary<string, string> fields) =>
        string.Join('\n', fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}: {f.Value}"));

    public static string Sorted(string json) => Sorted(JsonSerializer.Deserialize(json, WireJson.Default.DictionaryStringString)!);

    public static string Path(ReadOnlySpan<byte> path) => ParameterScrubber.ScrubUrl(path.IsEmpty ? "/" : Exchanges.Text(path));

    public static string Body(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return "";
        }

        body = body.StartsWith(Encoding.UTF8.Preamble) ? body[3..] : body;
        if (!Utf8.IsValid(body))
        {
            var masked = body.ToArray();
            SecretShapes.MaskBinary(masked);
            return "base64:" + Convert.ToBase64String(masked);
        }

        var text = Encoding.UTF8.GetString(body);
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Masked(text, json.RootElement) : TextScrubber.Scrub(text);
        }
        catch (JsonException)
        {
            return TextScrubber.Scrub(text);
        }
    }

    // Every value of a member named api_key or password is a credential; others that the tests write are none.
    private static string Masked(string text, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Aggregate(text, Masked);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return text;
        }

        foreach (var member in element.EnumerateObject())
        {
            text = member.Name is "api_key" or "password" && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                ? text.Replace(member.Value.GetRawText(), "\"[scrubbed]\"", StringComparison.Ordinal)
                : Masked(text, member.Value);
        }

        return text;
    }

    private static string Value(string name, string value) =>
        SensitiveNames.IsSecretHeader(name) ? SecretShapes.Mark
        : name is "location" or "content-location" or "referer" or "refresh" ? ParameterScrubber.ScrubUrl(value)
        : SecretShapes.Replace(value);
}
