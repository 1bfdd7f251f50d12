using System.Buffers;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Engine;

/// <summary>Runs the text detectors of a call's policies over its texts, each distinct set once per text.</summary>
internal sealed class TextScan(GuardContext context, Direction direction)
{
    private readonly List<CompiledPolicy> _policies = context.For(direction);
    private static readonly List<Detection> Nothing = [];

    private readonly List<(int Set, List<Detection> Detections)> _found = [];
    private List<Detection> _scratch = [];

    /// <summary>Whether any policy looks at texts.</summary>
    public bool IsNeeded => _policies.Exists(static policy => policy.LooksAtTexts);

    /// <summary>Scans a text.</summary>
    /// <param name="part">The text.</param>
    /// <param name="onlyFull">Whether only policies that want the whole history look.</param>
    /// <param name="hits">Receives what counts.</param>
    public void Scan(TextPart part, bool onlyFull, List<Hit> hits)
    {
        _found.Clear();
        var rented = ArrayPool<char>.Shared.Rent(part.Length);
        Scan(part, rented.AsSpan(0, CodedText.Decode(part.Raw, part.Coding, rented)), onlyFull, hits);
        ArrayPool<char>.Shared.Return(rented);
    }

    private void Scan(TextPart part, ReadOnlySpan<char> text, bool onlyFull, List<Hit> hits)
    {
        foreach (var policy in _policies)
        {
            if (onlyFull && !policy.AllHistory)
            {
                continue;
            }

            foreach (var detector in policy.Detectors)
            {
                if (detector.Set < 0 || !Exposure.Looks(detector.Type, part.Kind))
                {
                    continue;
                }

                foreach (var detection in Detections(detector.Set, text))
                {
                    if (detector.Takes(detection) && !IsExcepted(policy, part.Text, detection))
                    {
                        hits.Add(new Hit(policy, detector, part, detection, Action(policy, detector, part)));
                    }
                }
            }
        }
    }

    /// <summary>Takes out what is found less often than its detector wants.</summary>
    public static void DropRare(List<Hit> hits)
    {
        if (hits.Exists(hit => hit.Detector.Source.MinimumCount > 1))
        {
            var counts = hits.GroupBy(hit => hit.Detector).ToDictionary(group => group.Key, group => group.Count());
            hits.RemoveAll(hit => counts[hit.Detector] < hit.Detector.Source.MinimumCount);
        }
    }

    /// <summary>Whether an exception of a policy covers a detection.</summary>
    public bool IsExcepted(CompiledPolicy policy, string text, Detection detection)
    {
        foreach (var exception in policy.Exceptions)
        {
            if (exception.Holds(context.Now)
                && exception.Covers(text, detection.Offset, detection.Length, () => Findings.Hash(text.AsSpan(detection.Offset, detection.Length))))
            {
                return true;
            }
        }

        return false;
    }

    private List<Detection> Detections(int set, ReadOnlySpan<char> text)
    {
        foreach (var (known, detections) in _found)
        {
            if (known == set)
            {
                return detections;
            }
        }

        // Most texts are clean, and need no list of their own.
        context.Set(set).Scan(text, _scratch);
        var found = Nothing;
        if (_scratch.Count > 0)
        {
            (found, _scratch) = (_scratch, []);
        }

        _found.Add((set, found));
        return found;
    }

    // What stands in older messages was judged when it was new, or comes from before the policy: refusing it would end the conversation for
    // good, so it is masked instead.
    private static Verdict Action(CompiledPolicy policy, CompiledDetector detector, TextPart part)
    {
        var action = detector.Action;
        if ((action is Verdict.Block or Verdict.Warn) && !part.IsNew && !policy.AllHistory)
        {
            action = Verdict.Redact;
        }

        return action == Verdict.Redact && !(part.CanRedact && Hit.CanMask(detector.Type)) ? policy.CannotRedact : action;
    }
}
