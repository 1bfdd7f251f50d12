using System.Text.Json;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Guardrails.Remote;

/// <summary>What Akto's guardrail service said of a call.</summary>
/// <param name="Verdict">Verdict; <see cref="Verdict.Allow"/> also when it did not answer.</param>
/// <param name="Reason">Why; empty when allowed.</param>
/// <param name="Policy">Its policy; empty where it names none.</param>
/// <param name="Unchecked">Why the call was not judged; null when it was.</param>
public sealed record RemoteVerdict(Verdict Verdict, string Reason, string Policy, string? Unchecked)
{
    private const int MaximumReason = 1000;

    /// <summary>Nothing is known of the call.</summary>
    public static RemoteVerdict NotJudged(string why) => new(Verdict.Allow, "", "", why);

    /// <summary>
    /// Reads an answer of <c>POST /api/http-proxy?guardrails=true</c> or of <c>/api/validate/request</c>: the case of its members is not stable,
    /// both shapes of the result occur, and <c>failOpen</c> means that nobody looked.
    /// </summary>
    public static RemoteVerdict Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var data = Find(document.RootElement, "data") ?? document.RootElement;
            var result = Find(data, "guardrailsResult") ?? data;
            result = Find(result, "requestResult") ?? result;
            if (Find(result, "failOpen")?.ValueKind == JsonValueKind.True)
            {
                return NotJudged("the guardrail service could not judge it");
            }

            return Find(result, "allowed")?.ValueKind switch
            {
                JsonValueKind.True => new RemoteVerdict(Verdict.Allow, "", "", null),
                JsonValueKind.False => new RemoteVerdict(
                    Behaviour(Text(result, "behaviour")), Told(result), Text(Find(result, "metadata") ?? default, "policy_name"), null),
                _ => NotJudged("the guardrail service's answer holds no verdict"),
            };
        }
        catch (JsonException)
        {
            return NotJudged("the guardrail service's answer is not JSON");
        }
    }

    // As Akto's own clients take it: what is neither alert nor warn refuses.
    private static Verdict Behaviour(string behaviour) => behaviour.ToLowerInvariant() switch
    {
        "alert" or "monitor" => Verdict.Alert,
        "warn" => Verdict.Warn,
        _ => Verdict.Block,
    };

    private static string Told(JsonElement result)
    {
        var reason = Text(result, "reason");
        return reason.Length == 0 ? "refused by the guardrail service" : reason[..Math.Min(reason.Length, MaximumReason)];
    }

    private static string Text(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    private static JsonElement? Find(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value;
                }
            }
        }

        return null;
    }
}
