using System.Text.Json;

namespace AktoDivert.Console.Calls;

/// <summary>Reads JSON that somebody else wrote: what is not there, or not what it should be, is absent. Never throws.</summary>
internal static class LenientJson
{
    /// <summary>The document, for the caller to dispose of; null when the text is no JSON object or array.</summary>
    public static JsonDocument? Parse(string text)
    {
        if (text.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A member of an object.</summary>
    public static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The items of an array; none when it is no array.</summary>
    public static List<JsonElement> Items(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? [.. array.EnumerateArray()] : [];

    /// <summary>A string's text. One that holds an unpaired surrogate escape, which the reader only notices when it unescapes, is given as written.</summary>
    public static string String(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }
}
