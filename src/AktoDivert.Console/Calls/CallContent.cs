using System.Text.Json;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Calls;

/// <summary>A call's content.</summary>
internal sealed record CallContent(
    IReadOnlyDictionary<string, string> RequestHeaders,
    string RequestBody,
    IReadOnlyDictionary<string, string> ResponseHeaders,
    string ResponseBody,
    IReadOnlyList<AuditMessage> Messages)
{
    /// <summary>Reads stored content.</summary>
    public static CallContent From(SealedContent content) => new(
        Headers(content.RequestHeaders), content.RequestBody, Headers(content.ResponseHeaders), content.ResponseBody,
        content.Messages is null ? [] : JsonSerializer.Deserialize(content.Messages, WireJson.Default.IReadOnlyListAuditMessage) ?? []);

    // Header maps are text that a client made; one that is no map of strings is shown as it came.
    private static Dictionary<string, string> Headers(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, WireJson.Default.DictionaryStringString) ?? [];
        }
        catch (JsonException)
        {
            return new Dictionary<string, string> { ["(not a map of strings)"] = text };
        }
    }
}
