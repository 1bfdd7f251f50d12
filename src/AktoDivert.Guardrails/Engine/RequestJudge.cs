using System.Security.Cryptography;
using System.Text;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Remote;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Judges what an app sends: a request body, or a message of a conversation.</summary>
internal sealed class RequestJudge(GuardContext context, ConversationMemory memory, Warnings warnings, IRemoteEvaluation? remote)
{
    private const int MaximumPrompt = 200_000;

    private readonly TextScan _scan = new(context, Direction.Request);
    private readonly List<Hit> _hits = [];

    /// <summary>Judges what the head tells.</summary>
    public GuardDecision Head(ApiShape shape)
    {
        if (context.For(Direction.Request).Count == 0)
        {
            return GuardDecision.Allow;
        }

        _hits.Clear();
        CallFacts.Head(context, _hits);
        return Decide(_hits, default, null, shape, null, warn: false);
    }

    /// <summary>Judges a body that was read into a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="body">The bytes its texts stand in.</param>
    /// <param name="complete">Whether they are all of them.</param>
    /// <param name="cancellation">Ends waiting for the service.</param>
    public async ValueTask<GuardDecision> BodyAsync(AiCall call, ApiShape shape, ReadOnlyMemory<byte> body, bool complete, CancellationToken cancellation)
    {
        const string Unseen = "a part of the request was not seen: too large, or in a coding that is not known";
        if (context.For(Direction.Request).Count == 0)
        {
            return complete ? GuardDecision.Allow : new GuardDecision { Unchecked = Unseen };
        }

        var hits = _hits;
        hits.Clear();
        CallFacts.Body(context, call, hits);
        Texts(call, hits);
        TextScan.DropRare(hits);
        var unseen = complete ? null : Unseen;
        unseen = await RemoteAsync(call, hits, cancellation) ?? unseen;
        if (unseen is not null && context.For(Direction.Request).Find(static policy => policy is { FailClosed: true, Source.Monitor: false }) is { } closed)
        {
            var detector = closed.Detectors[0];
            hits.Add(new Hit(closed, detector, null, new Detection(detector.Name, "unchecked", "fail-closed", 1, 0, 0, unseen), Verdict.Block));
        }

        // Only a whole body can be replaced by its masked form.
        if (!complete)
        {
            for (var i = 0; i < hits.Count; i++)
            {
                hits[i] = hits[i].Action == Verdict.Redact ? hits[i] with { Action = hits[i].Policy.CannotRedact } : hits[i];
            }
        }

        return Decide(hits, body, call, shape, unseen, warn: true);
    }

    private void Texts(AiCall call, List<Hit> hits)
    {
        if (!_scan.IsNeeded)
        {
            return;
        }

        var anyFull = context.For(Direction.Request).Exists(static policy => policy.AllHistory);
        foreach (var part in call.Request)
        {
            var isKnown = memory.Knows(part, context.PoliciesKey);
            if (isKnown && !anyFull)
            {
                continue;
            }

            var before = hits.Count;
            _scan.Scan(part, onlyFull: isKnown, hits);
            if (hits.Count == before && !isKnown)
            {
                memory.Remember(part, context.PoliciesKey);
            }
        }
    }

    private async ValueTask<string?> RemoteAsync(AiCall call, List<Hit> hits, CancellationToken cancellation)
    {
        string? unseen = null;
        foreach (var policy in context.For(Direction.Request))
        {
            if (Array.Find(policy.Detectors, static d => d.Type == DetectorType.Remote) is not { } detector)
            {
                continue;
            }

            var prompt = new StringBuilder();
            foreach (var part in call.Request.Where(p => p.IsNew && p.Kind is TextKind.User or TextKind.ToolResult or TextKind.Attachment))
            {
                prompt.Append(prompt.Length > 0 ? "\n" : "").Append(part.Text.AsSpan(0, Math.Min(part.Text.Length, MaximumPrompt - prompt.Length)));
                if (prompt.Length >= MaximumPrompt - 1)
                {
                    break;
                }
            }

            if (prompt.Length == 0)
            {
                continue;
            }

            var subject = context.Subject;
            var verdict = remote is null
                ? RemoteVerdict.NotJudged("no guardrail service is configured")
                : await remote.EvaluateAsync(
                    new RemoteCall(
                        context.Target.Method, context.Target.Host, context.Target.Path, subject.App.Length > 0 ? subject.App : subject.Process, subject.User, prompt.ToString()),
                    cancellation);
            unseen ??= verdict.Unchecked;
            if (verdict.Verdict != Verdict.Allow)
            {
                var rule = verdict.Policy.Length > 0 ? verdict.Policy : "remote";
                hits.Add(new Hit(policy, detector, null, new Detection(detector.Name, "remote", rule, 1, 0, 0, verdict.Reason), verdict.Verdict));
            }
        }

        return unseen;
    }

    private GuardDecision Decide(List<Hit> hits, ReadOnlyMemory<byte> body, AiCall? call, ApiShape shape, string? unseen, bool warn) =>
        hits.Count > 0 ? DecideOn(hits, body, call, shape, unseen, warn)
        : unseen is not null ? new GuardDecision { Unchecked = unseen }
        : GuardDecision.Allow;

    private GuardDecision DecideOn(List<Hit> hits, ReadOnlyMemory<byte> body, AiCall? call, ApiShape shape, string? unseen, bool warn)
    {
        var worst = hits.MaxBy(hit => ((int)hit.Effective * 8) + (int)hit.Policy.Severity)!;
        var verdict = worst.Effective;
        var masked = verdict is Verdict.Redact or Verdict.Warn ? BodyMask.Apply(body, hits, hit => hit.Effective == Verdict.Redact) : null;
        if (verdict == Verdict.Redact && masked is null)
        {
            verdict = Verdict.Alert;
        }

        var reason = verdict >= Verdict.Alert ? worst.Policy.Reason(What(worst)) : null;
        var decision = new GuardDecision
        {
            Verdict = verdict,
            Reason = reason,
            Policy = verdict == Verdict.Allow ? "" : worst.Policy.Source.Name,
            Findings = [.. hits.Take(Findings.Maximum).Select(hit => ToFinding(hit, hits))],
            Replacement = verdict == Verdict.Redact ? OrNothing(masked) : null,
            Recorded = OrNothing(BodyMask.Apply(body, hits, hit => hit.IsSensitive)),
            Unchecked = unseen,
        };
        if (verdict == Verdict.Block || (verdict == Verdict.Warn && !(warn && Passes(hits, call))))
        {
            var told = verdict == Verdict.Warn ? reason + " Send it again to go on nevertheless." : reason!;
            return decision with { Reason = told, Answer = BlockAnswers.Create(shape.Answers, context.Target, call, told) };
        }

        // Of what a person sent again, the rest of the conversation is not asked again. What other policies redact stays masked.
        if (verdict == Verdict.Warn && masked is not null)
        {
            return decision with { Verdict = Verdict.Redact, Replacement = masked };
        }

        return decision;
    }

    // An array that is null would become memory that is empty, and an empty body is something else than none.
    private static ReadOnlyMemory<byte>? OrNothing(byte[]? bytes) => bytes is null ? default(ReadOnlyMemory<byte>?) : bytes;

    private bool Passes(List<Hit> hits, AiCall? call)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.Subject.User}\n{context.Subject.Process}\n{context.Target.Host}{context.Target.Path}\n"));
        foreach (var part in call?.Request.Where(part => part.IsNew && part.Kind != TextKind.Other) ?? [])
        {
            hash.AppendData(part.Raw);
        }

        if (!warnings.Passes(System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash.GetHashAndReset())))
        {
            return false;
        }

        foreach (var part in hits.Where(hit => hit.Effective == Verdict.Warn).Select(hit => hit.Part).OfType<TextPart>().Distinct())
        {
            if (!hits.Exists(hit => hit.Part == part && hit.Effective > Verdict.Warn))
            {
                memory.Remember(part, context.PoliciesKey);
            }
        }

        return true;
    }

    private static Finding ToFinding(Hit hit, List<Hit> all)
    {
        if (hit.Part is null)
        {
            return Findings.Make(hit.Policy, hit.Detector, hit.Detection, default, "", 0, 0, hit.Action, fromApp: true);
        }

        var found = hit.Part.Text.AsSpan(hit.Detection.Offset, hit.Detection.Length);
        var (offset, length) = BodyMask.PlaceAfter(hit, all);
        return Findings.Make(hit.Policy, hit.Detector, hit.Detection, found, hit.Part.Where, offset, length, hit.Action, fromApp: true);
    }

    private static string What(Hit hit) =>
        hit.Detection.Reason.Length > 0 && hit.Part is null ? hit.Detection.Reason : $"{hit.Detector.Name} ({hit.Detection.Rule})";
}
