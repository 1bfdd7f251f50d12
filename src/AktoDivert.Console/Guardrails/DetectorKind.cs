using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Console.Guardrails;

/// <summary>A kind of detector, and which settings it takes.</summary>
/// <param name="Type">Its name in documents.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Meaning">What it finds.</param>
/// <param name="ListLabel">What its list holds; empty when it takes none.</param>
/// <param name="Example">An entry or two of that list.</param>
/// <param name="NumberLabel">What its number is; empty when it takes none.</param>
/// <param name="HasThreshold">Whether its findings have a score.</param>
/// <param name="ReadList">The list in a document.</param>
/// <param name="ReadNumber">The number in a document.</param>
/// <param name="Write">Puts list and number into a document.</param>
public sealed record DetectorKind(
    string Type, string Title, string Meaning, string ListLabel, string Example, string NumberLabel, bool HasThreshold,
    Func<GuardrailDetector, IReadOnlyList<string>?> ReadList, Func<GuardrailDetector, long?> ReadNumber,
    Func<GuardrailDetector, IReadOnlyList<string>?, long?, GuardrailDetector> Write)
{
    private const string Only = "Only these (empty: all)";

    /// <summary>All kinds, in the order shown.</summary>
    public static IReadOnlyList<DetectorKind> All { get; } =
    [
        Entities("secrets", "Secrets", "Keys, tokens and passwords of some two hundred services.", "aws-access-key\ngithub-pat", hasThreshold: true),
        Entities("pii", "Personal data", "E-mail, phone, credit card, IBAN, passport and tax numbers.", "credit_card\niban", hasThreshold: true),
        Entities("prompt-injection", "Prompt injection", "Text that tries to take over the model.", "", hasThreshold: true),
        Entities("source-code", "Source code", "Code in the common languages.", "python\ncsharp", hasThreshold: true),
        new(
            "topics", "Topics", "Prompts about a subject.", "Topics, as name: keyword, keyword", "mergers: acquisition, due diligence", "", true,
            d => d.Topics is null ? null : [.. d.Topics.Select(t => $"{t.Name}: {string.Join(", ", t.Keywords ?? [])}")], _ => null,
            (d, list, _) => d with { Topics = [.. (list ?? []).Select(Topic)] }),
        new("words", "Words", "Words and phrases of your own, found whole and without case.", "Words and phrases", "project nightfall", "", false, d => d.Words, _ => null, (d, list, _) => d with { Words = list }),
        new("regex", "Expressions", "Regular expressions that run in linear time.", "Expressions", @"\bACME-\d{6}\b", "", false, d => d.Patterns, _ => null, (d, list, _) => d with { Patterns = list }),
        new("token-limit", "Token limit", "Messages that are too long.", "", "", "Most tokens", false, _ => null, d => d.MaximumTokens, (d, _, number) => d with { MaximumTokens = (int?)number }),
        new("personal-account", "Personal account", "Calls with an account that is not the company's.", "Company ids and e-mail domains", "example.com", "", false, d => d.Company, _ => null, (d, list, _) => d with { Company = list }),
        new("hosts", "Hosts and paths", "Calls to banned hosts or paths.", "Hosts, with or without a path", "api.deepseek.com\nclaude.ai/api/*/upload", "", false, d => d.Hosts, _ => null, (d, list, _) => d with { Hosts = list }),
        new("mcp-tools", "MCP tools", "Tools that may not be called.", "Denied tools", "shell_*\ndelete_file", "", false, d => d.Deny, _ => null, (d, list, _) => d with { Deny = list }),
        new("attachments", "Attachments", "Files by type and size.", "Denied extensions or media types", ".pem\napplication/zip", "Most bytes", false, d => d.Deny, d => d.MaximumBytes, (d, list, number) => d with { Deny = list, MaximumBytes = number }),
    ];

    private static DetectorKind Entities(string type, string title, string meaning, string example, bool hasThreshold) => new(
        type, title, meaning, example.Length > 0 ? Only : "", example, "", hasThreshold, d => d.Entities, _ => null, (d, list, _) => d with { Entities = list });

    private static GuardrailTopic Topic(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new GuardrailTopic { Name = line.Trim(), Keywords = [line.Trim()] }
            : new GuardrailTopic { Name = line[..colon].Trim(), Keywords = line[(colon + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) };
    }
}
