using System.Security.Cryptography;
using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Makes findings for the record.</summary>
internal static class Findings
{
    /// <summary>Most findings of one decision.</summary>
    public const int Maximum = 200;

    /// <summary>A finding. Place and length are those in the redacted text.</summary>
    public static Finding Make(
        CompiledPolicy policy, CompiledDetector detector, Detection detection, ReadOnlySpan<char> found, string where, int offset, int length, Verdict action, bool fromApp) => new()
        {
            Detector = detector.Name,
            Rule = detection.Rule,
            Entity = detection.Entity,
            Score = detection.Score,
            Severity = policy.Severity,
            Evidence = Evidence(detector, detection, found),
            Location = where,
            Hash = found.IsEmpty ? null : Hash(found),
            Monitor = policy.Source.Monitor,
            Offset = offset,
            Length = length,
            Policy = policy.Source.Name,
            PolicyVersion = policy.Source.Version,
            Verdict = action,
            FromApp = fromApp,
        };

    /// <summary>SHA-256 of a text in UTF-8, hex in lower case.</summary>
    public static string Hash(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes))));
    }

    // Of a secret or personal data only its ends are shown; of what judges whole texts, why.
    private static string Evidence(CompiledDetector detector, Detection detection, ReadOnlySpan<char> found) =>
        found.IsEmpty || detection.Reason.Length > 0 ? detection.Reason : Mask.Evidence(found);
}
