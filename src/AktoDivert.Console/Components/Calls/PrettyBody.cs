using System.Text.Encodings.Web;
using System.Text.Json;

namespace AktoDivert.Console.Components.Calls;

/// <summary>A body for reading: JSON indented, anything else as it is.</summary>
internal static class PrettyBody
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text to show, at most <paramref name="limit"/> characters; a longer body is cut and not parsed.</summary>
    public static string Of(string body, int limit)
    {
        if (body.Length > limit)
        {
            return body[..limit];
        }

        if (body.AsSpan().TrimStart() is not ['{' or '[', ..])
        {
            return body;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return JsonSerializer.Serialize(document.RootElement, Indented);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body;
        }
    }
}
