using System.Text.Json;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Guardrails;

/// <summary>A policy as a person edits it in the wizard.</summary>
internal sealed class PolicyDraft
{
    private GuardrailPolicy _before = new();

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>Whether it only records what it would do.</summary>
    public bool Monitor { get; set; } = true;

    /// <summary><c>alert</c>, <c>warn</c>, <c>redact</c> or <c>block</c>.</summary>
    public string Action { get; set; } = "alert";

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Severity { get; set; } = "medium";

    /// <summary>What the person is told; empty for the policy's name and what was found.</summary>
    public string Message { get; set; } = "";

    /// <summary>Whether what cannot be judged is refused.</summary>
    public bool FailClosed { get; set; }

    /// <summary><c>request</c>, <c>response</c> or <c>both</c>.</summary>
    public string Direction { get; set; } = "both";

    /// <summary>Apps, one a line; empty for all. The same of the others.</summary>
    public string Apps { get; set; } = "";

    public string Users { get; set; } = "";

    public string Devices { get; set; } = "";

    public string Tags { get; set; } = "";

    public string Domains { get; set; } = "";

    /// <summary>All kinds of detectors, chosen or not.</summary>
    public IReadOnlyList<DetectorDraft> Detectors { get; } = [.. DetectorKind.All.Select(k => new DetectorDraft(k))];

    /// <summary>A draft of an existing document; an empty one of text that is none.</summary>
    public static PolicyDraft From(string document)
    {
        var policy = Read(document) ?? new GuardrailPolicy();
        var draft = new PolicyDraft
        {
            _before = policy,
            Name = policy.Name,
            Description = policy.Description ?? "",
            Monitor = policy.Monitor,
            Action = policy.Action,
            Severity = policy.Severity,
            Message = policy.Message ?? "",
            FailClosed = policy.OnFailure == "closed",
            Direction = policy.Scope?.Direction ?? "both",
            Apps = Text(policy.Scope?.Apps),
            Users = Text(policy.Scope?.Users),
            Devices = Text(policy.Scope?.Devices),
            Tags = Text(policy.Scope?.Tags),
            Domains = Text(policy.Scope?.Domains),
        };
        foreach (var detector in policy.Detectors)
        {
            draft.Detectors.FirstOrDefault(d => d.Kind.Type == detector.Type)?.Take(detector);
        }

        return draft;
    }

    /// <summary>A document, or null when the text is none.</summary>
    public static GuardrailPolicy? Read(string document)
    {
        try
        {
            return JsonSerializer.Deserialize(document, WireJson.Default.GuardrailPolicy);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The document. What the wizard does not show stays as it was.</summary>
    public GuardrailPolicy ToPolicy() => _before with
    {
        Name = Name.Trim(),
        Description = Description.Trim() is { Length: > 0 } description ? description : null,
        Monitor = Monitor,
        Action = Action,
        Severity = Severity,
        Message = Message.Trim() is { Length: > 0 } message ? message : null,
        OnFailure = FailClosed ? "closed" : "open",
        Scope = new GuardrailScope
        {
            Processes = _before.Scope?.Processes, Direction = Direction, Apps = Lines(Apps), Users = Lines(Users), Devices = Lines(Devices), Tags = Lines(Tags), Domains = Lines(Domains),
        },
        Detectors = [.. Detectors.Where(d => d.Chosen).Select(d => d.ToDetector()), .. _before.Detectors.Where(d => DetectorKind.All.All(k => k.Type != d.Type))],
    };

    /// <summary>The entries of a text, one a line; null when there are none.</summary>
    internal static IReadOnlyList<string>? Lines(string text) =>
        (text ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } lines ? lines : null;

    private static string Text(IReadOnlyList<string>? list) => string.Join('\n', list ?? []);
}
