using System.Buffers;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Engine;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Json;
using AktoDivert.Guardrails.Policies;

namespace AktoDivert.Guardrails.Streams;

/// <summary>
/// Reads an answer that is there as a whole where it stands. Nearly all answers are clean, and then nothing needs to be held, copied or
/// masked; where something is found, a <see cref="ResponseJudge"/> judges the answer.
/// </summary>
internal static class WholeAnswer
{
    /// <summary>Reads an answer's facts into its call and looks through its texts.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="context">Policies and call.</param>
    /// <param name="shape">The API's shape.</param>
    /// <param name="reader">Reads it; has begun.</param>
    /// <returns>
    /// Whether nothing was found; false also where it is no JSON object or array, of which nothing was read.
    /// </returns>
    public static bool IsClean(ReadOnlyMemory<byte> answer, GuardContext context, ApiShape shape, AnswerReader reader)
    {
        if (answer.Length > EventFramer.MaximumEvent || !reader.TryRead(answer))
        {
            return false;
        }

        shape.ReadResponse(reader);
        var policies = context.For(Direction.Response);
        if (policies.Count == 0)
        {
            return true;
        }

        var detections = new List<Detection>();
        foreach (var piece in reader.Pieces)
        {
            if (piece.Kind != TextKind.Reasoning || shape.Answers != AnswerStyle.Anthropic)
            {
                Scan(reader.Tree.Raw(piece.Node), piece.Kind, context, policies, detections);
            }
        }

        return detections.Count == 0 && (reader.Tools is not { } tools || !AnyDenied(tools, context, policies));
    }

    // Apart from the above, where its closure would be made for each answer.
    private static bool AnyDenied(List<string> tools, GuardContext context, List<CompiledPolicy> policies) => tools.Exists(name => IsDenied(name, context, policies));

    private static bool IsDenied(string name, GuardContext context, List<CompiledPolicy> policies) => McpToolName.Parse(name) is { } tool
        && policies.Exists(policy => policy.Denying(tool, context.Now).Any());

    private static void Scan(ReadOnlySpan<byte> raw, TextKind kind, GuardContext context, List<CompiledPolicy> policies, List<Detection> detections)
    {
        var rented = ArrayPool<char>.Shared.Rent(raw.Length);
        var text = rented.AsSpan(0, JsonText.Decode(raw, rented));
        var scanned = -1;
        foreach (var policy in policies)
        {
            foreach (var detector in policy.Detectors)
            {
                if (detector.Set >= 0 && detector.Set != scanned && Exposure.Looks(detector.Type, kind))
                {
                    context.Set(detector.Set).Scan(text, detections);
                    scanned = detector.Set;
                }
            }
        }

        ArrayPool<char>.Shared.Return(rented);
    }
}
