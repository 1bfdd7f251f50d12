using System.Text.Json;
using static AktoDivert.Console.Calls.LenientJson;

namespace AktoDivert.Console.Calls;

/// <summary>Tokens a call used, as its answer counts them.</summary>
/// <param name="Input">Tokens read, those from a cache included; null when the answer does not say.</param>
/// <param name="Output">Tokens written; null when the answer does not say.</param>
/// <param name="CacheRead">Of those read, how many came from a cache; null when the answer does not say.</param>
/// <param name="CacheWrite">Of those read, how many were put into a cache; null when the answer does not say.</param>
internal readonly record struct TokenUsage(long? Input, long? Output, long? CacheRead = null, long? CacheWrite = null)
{
    /// <summary>
    /// Finds the counts in an answer of the Anthropic, OpenAI or Gemini APIs, whole or as recorded events; of several, the last that is given.
    /// Never throws: bodies are whatever a server sends.
    /// </summary>
    public static TokenUsage Find(string body)
    {
        if (Parse(body) is not { } document)
        {
            return EventLines.Of(body).Aggregate(default(TokenUsage), (sum, line) => Parse(line) is { } d ? sum.Then(Take(d)) : sum);
        }

        return Take(document);
    }

    private static TokenUsage Take(JsonDocument document)
    {
        using (document)
        {
            return Of(document.RootElement);
        }
    }

    private static TokenUsage Of(JsonElement root)
    {
        var usage = default(TokenUsage);
        if (Member(root, "body") is { ValueKind: JsonValueKind.String } wrapped)
        {
            usage = Find(String(wrapped));
        }

        foreach (var holder in new[] { root, Member(root, "message"), Member(root, "response") })
        {
            usage = holder is { } h ? usage.Then(Counts(Member(h, "usage") ?? Member(h, "usageMetadata"))) : usage;
        }

        return usage;
    }

    private static TokenUsage Counts(JsonElement? usage)
    {
        if (usage is not { } u)
        {
            return default;
        }

        // Anthropic counts what came from its cache beside the input, the others within it.
        var cached = (Number(u, "cache_creation_input_tokens") ?? 0) + (Number(u, "cache_read_input_tokens") ?? 0);
        return new TokenUsage(
            (Number(u, "input_tokens") ?? Number(u, "prompt_tokens") ?? Number(u, "promptTokenCount")) + cached,
            Number(u, "output_tokens") ?? Number(u, "completion_tokens") ?? Number(u, "candidatesTokenCount"),
            Number(u, "cache_read_input_tokens") ?? Number(u, "cachedContentTokenCount") ?? Within(u, "prompt_tokens_details") ?? Within(u, "input_tokens_details"),
            Number(u, "cache_creation_input_tokens"));
    }

    private static long? Within(JsonElement usage, string details) => Member(usage, details) is { } d ? Number(d, "cached_tokens") : null;

    private TokenUsage Then(TokenUsage later) =>
        new(later.Input ?? Input, later.Output ?? Output, later.CacheRead ?? CacheRead, later.CacheWrite ?? CacheWrite);

    private static long? Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) && value is >= 0 and < int.MaxValue ? value : null;
}
