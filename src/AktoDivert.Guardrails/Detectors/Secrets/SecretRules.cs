using System.Text.Json;

namespace AktoDivert.Guardrails.Detectors.Secrets;

/// <summary>The rules of <c>secret-rules.jsonl</c>, written from the formats that vendors publish.</summary>
internal static class SecretRules
{
    /// <summary>All rules, in the order of the file: the more special one first.</summary>
    public static IReadOnlyList<SecretRule> All { get; } = Load();

    private static SecretRule[] Load()
    {
        using var stream = typeof(SecretRules).Assembly.GetManifestResourceStream("secret-rules.jsonl")!;
        using var reader = new StreamReader(stream);
        var rules = new List<SecretRule>();
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var rule = document.RootElement;
            rules.Add(new SecretRule
            {
                Id = rule.GetProperty("id").GetString()!,
                Vendor = rule.GetProperty("vendor").GetString()!,
                Start = Strings(rule, "start"),
                Near = Strings(rule, "near"),
                Infix = rule.TryGetProperty("infix", out var infix) ? infix.GetString()! : "",
                Pattern = rule.GetProperty("regex").GetString()!,
                Entropy = rule.GetProperty("entropy").GetDouble(),
                Checksum = rule.TryGetProperty("checksum", out var checksum) ? checksum.GetString()! : "",
            });
        }

        return [.. rules];
    }

    private static string[] Strings(JsonElement rule, string name) =>
        rule.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(e => e.GetString()!)] : [];
}
