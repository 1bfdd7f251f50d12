namespace AktoDivert.Guardrails.Export;

/// <summary>
/// What was said in a call, as JSON in the form of the content attributes of OpenTelemetry's conventions for generative AI (v1.41.1,
/// gen-ai-input-messages.json, gen-ai-output-messages.json, gen-ai-system-instructions.json).
/// </summary>
/// <param name="SystemInstructions"><c>gen_ai.system_instructions</c>; null when there are none.</param>
/// <param name="InputMessages"><c>gen_ai.input.messages</c>; null when none were read.</param>
/// <param name="OutputMessages"><c>gen_ai.output.messages</c>; null when none were read.</param>
public sealed record CallContent(string? SystemInstructions, string? InputMessages, string? OutputMessages);
