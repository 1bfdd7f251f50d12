using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Guardrails.Policies;

/// <summary>
/// Akto's guardrail policies, as <c>POST /api/fetchGuardrailPolicies</c> returns them (<c>GuardrailPolicies.java</c>), mapped onto ours. What
/// this agent has no detector for is left out; unknown words of <c>behaviour</c> count as <c>alert</c>.
/// </summary>
public static class AktoPolicies
{
    private const double DefaultThreshold = 0.7;

    private static readonly Dictionary<string, string> Entities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["email"] = "email", ["phone_number"] = "phone", ["ssn"] = "us_ssn", ["ip"] = "ip", ["credit_card"] = "credit_card",
    };

    private static readonly string[] SecretTypes = ["jwt", "password", "secret", "token"];

    /// <summary>Maps the answer's policies; whatever is missing or of another type is passed over.</summary>
    public static IReadOnlyList<GuardrailPolicy> Map(JsonNode answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var policies = new List<GuardrailPolicy>();
        foreach (var policy in Items(answer["guardrailPolicies"]))
        {
            policies.Add(Policy(policy));
        }

        return policies;
    }

    private static GuardrailPolicy Policy(JsonObject policy)
    {
        var action = Action(Text(policy["behaviour"]));
        var detectors = Detectors(policy, action).ToList();
        return new GuardrailPolicy
        {
            Name = Text(policy["name"]) ?? "",
            Description = Text(policy["description"]),
            Version = Number(policy["updatedTimestamp"]) ?? 1,

            // A policy whose detectors are all unknown here is listed and not in force.
            Enabled = Flag(policy["active"]) && detectors.Count > 0 && AppliesToAnyone(policy),
            Action = action,
            Severity = Text(policy["severity"])?.ToLowerInvariant() is "low" or "medium" or "high" or "critical" ? Text(policy["severity"])!.ToLowerInvariant() : "medium",
            Message = Text(policy["blockedMessage"]) is { Length: > 0 } message ? message : null,
            Scope = new GuardrailScope
            {
                Devices = Texts(policy["applyToDeviceIds"]) is { Count: > 0 } devices ? devices : null,
                Direction = (Flag(policy["applyOnRequest"]), Flag(policy["applyOnResponse"])) switch
                {
                    (true, false) => "request",
                    (false, true) => "response",
                    _ => "both",
                },
            },
            Detectors = detectors.Count > 0 ? detectors : [new GuardrailDetector { Type = "remote" }],
            Exceptions =
            [
                .. Items(policy["ignorePhrases"]).Where(p => !Flag(p["isRegex"]) && Text(p["phrase"]) is { Length: > 0 })
                    .Select(p => new GuardrailException { Kind = "phrase", Value = Text(p["phrase"])! }),
            ],
        };
    }

    private static IEnumerable<GuardrailDetector> Detectors(JsonObject policy, string action)
    {
        foreach (var pii in Items(policy["piiTypes"]))
        {
            var type = Text(pii["type"]) ?? "";
            var isSecret = SecretTypes.Contains(type, StringComparer.OrdinalIgnoreCase) || type.StartsWith("aws_", StringComparison.OrdinalIgnoreCase);
            if (isSecret || Entities.ContainsKey(type))
            {
                yield return new GuardrailDetector
                {
                    Type = isSecret ? "secrets" : "pii",
                    Entities = isSecret ? null : [Entities[type]],
                    MinimumCount = (int)Math.Clamp(Number(pii["minMatchCount"]) ?? 1, 1, 1_000_000),
                    Action = Text(pii["behavior"]) is { } behaviour ? Action(behaviour) : action,
                };
            }
        }

        foreach (var expression in Texts(policy["regexPatterns"]))
        {
            yield return new GuardrailDetector { Type = "regex", Patterns = [expression], Action = "block" };
        }

        foreach (var expression in Items(policy["regexPatternsV2"]))
        {
            yield return new GuardrailDetector { Type = "regex", Patterns = [Text(expression["pattern"]) ?? ""], Action = Action(Text(expression["behavior"])) };
        }

        if (Items(policy["deniedTopics"]).ToList() is { Count: > 0 } topics)
        {
            yield return new GuardrailDetector
            {
                Type = "topics",
                Topics = [.. topics.Select(t => new GuardrailTopic { Name = Text(t["topic"]) ?? "topic", Samples = [.. Texts(t["samplePhrases"]), .. Texts(t["description"])] })],
            };
        }

        if (policy["contentFiltering"]?["promptAttacks"] is JsonObject)
        {
            yield return new GuardrailDetector { Type = "prompt-injection" };
        }

        if (Scanner(policy["secretsDetection"], "secrets") is { } secrets)
        {
            yield return secrets;
        }

        if (Scanner(policy["anonymizeDetection"], "pii") is { } anonymise)
        {
            yield return anonymise with { Action = "redact" };
        }

        if (Scanner(policy["banCodeDetection"], "source-code") is { } code)
        {
            yield return code;
        }

        if (policy["tokenLimitDetection"] is JsonObject limit && Flag(limit["enabled"]) && Number(limit["threshold"]) is > 0 and <= int.MaxValue and var tokens)
        {
            yield return new GuardrailDetector { Type = "token-limit", MaximumTokens = (int)tokens };
        }

        if (Items(policy["blockedHosts"]).Select(h => Text(h["pattern"])).OfType<string>().ToList() is { Count: > 0 } hosts)
        {
            yield return new GuardrailDetector { Type = "hosts", Hosts = hosts, Action = "block" };
        }

        if (Flag(policy["llmRule"]?["enabled"]) || Text(policy["url"]) is { Length: > 0 })
        {
            yield return new GuardrailDetector { Type = "remote" };
        }
    }

    private static GuardrailDetector? Scanner(JsonNode? scanner, string type) => scanner is JsonObject && Flag(scanner["enabled"])
        ? new GuardrailDetector { Type = type, Threshold = Score(scanner["confidenceScore"]) }
        : null;

    // Null means everyone, an empty list nobody.
    private static bool AppliesToAnyone(JsonObject policy) => policy["applyToDeviceIds"] is not JsonArray { Count: 0 };

    private static string Action(string? behaviour) => behaviour?.ToLowerInvariant() switch
    {
        "block" or "approval" => "block",
        "warn" => "warn",
        "mask" or "redact" => "redact",
        _ => "alert",
    };

    private static IEnumerable<JsonObject> Items(JsonNode? node) => node is JsonArray list ? list.OfType<JsonObject>() : [];

    private static List<string> Texts(JsonNode? node) => node switch
    {
        JsonArray list => [.. list.Select(Text).OfType<string>()],
        _ when Text(node) is { Length: > 0 } text => [text],
        _ => [],
    };

    private static string? Text(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Number => node.ToJsonString(),
        _ => null,
    };

    private static bool Flag(JsonNode? node) => node?.GetValueKind() == JsonValueKind.True;

    private static long? Number(JsonNode? node) =>
        long.TryParse(Text(node), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static double Score(JsonNode? node) =>
        double.TryParse(Text(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && score is > 0 and <= 1 ? score : DefaultThreshold;
}
