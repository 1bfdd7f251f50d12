using System.Buffers;
using AktoDivert.Core.Guarding;
using AktoDivert.Guardrails.Blocking;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Engine;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Policies;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Streams;

/// <summary>
/// Judges an answer while it passes. Events pass as they came, one for one and in order; an event waits only while a text in it ends in what a
/// detector could still extend. What is found is masked with as many bytes as it has, over all the events it is split over.
/// </summary>
#pragma warning disable CA1001 // Between events it holds nothing that is rented.
internal sealed class ResponseJudge
#pragma warning restore CA1001
{
    private static readonly SearchValues<char> TokenEnds = SearchValues.Create(" \t\r\n\"'`<>,;)}]");

    private const string Unread = "a part of the answer was not read: an event over the limit, or bytes that are no events";

    private readonly GuardContext _context;
    private readonly AiCall _call;
    private readonly ApiShape _shape;
    private readonly EventFramer _framer;
    private readonly List<CompiledPolicy> _policies;
    private readonly bool _isWhole;
    private readonly bool _holds;
    private readonly Queue<StreamEvent> _queue = [];
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);
    private readonly AnswerReader _reader = new();
    private readonly List<StreamEvent> _fresh = [];
    private readonly List<Detection> _detections = [];
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Dictionary<CompiledDetector, int> _counts = [];
    private readonly TextScan _scan;
    private Verdict _verdict;
    private CompiledPolicy? _deciding;
    private string _what = "";
    private List<Channel>? _growing;
    private bool _isBlocked;
    private bool _isCutSaid;

    /// <summary>Makes a judge of one answer.</summary>
    /// <param name="context">Policies and call.</param>
    /// <param name="call">Receives the answer's facts.</param>
    /// <param name="shape">The API's shape.</param>
    /// <param name="framing">How the answer is cut into events.</param>
    /// <param name="holds">Whether what it releases is what passes; false: it only looks.</param>
    public ResponseJudge(GuardContext context, AiCall call, ApiShape shape, StreamFraming framing, bool holds)
    {
        (_context, _call, _shape, _holds) = (context, call, shape, holds);
        (_framer, _isWhole) = (new EventFramer(framing), framing == StreamFraming.Whole);
        _policies = context.For(Direction.Response);
        _scan = new TextScan(context, Direction.Response);
        _reader.Begin(call);
    }

    /// <summary>Bytes that wait.</summary>
    public int HeldBytes => _framer.PendingBytes + _queue.Sum(e => e.Raw.Length);

    /// <summary>Takes bytes and releases what is decided.</summary>
    public GuardDecision Grew(ReadOnlySpan<byte> bytes, bool last, IBufferWriter<byte> released)
    {
        if (_isBlocked)
        {
            return GuardDecision.Allow;
        }

        _fresh.Clear();
        _framer.Feed(bytes, last, _fresh);
        foreach (var next in _fresh)
        {
            _queue.Enqueue(next);
            Read(next);
        }

        if (last)
        {
            EndChannels("");
        }

        return Release(released);
    }

    /// <summary>Ends the wait of what is held: what is found so far is masked; the rest passes, or is masked where a policy fails closed.</summary>
    public GuardDecision ReleaseHeld(IBufferWriter<byte> released)
    {
        if (_isBlocked)
        {
            return GuardDecision.Allow;
        }

        foreach (var channel in _channels.Values)
        {
            Advance(channel, isFinal: true, isForced: true);
        }

        EndGrowing(isForced: true);

        return Release(released);
    }

    private GuardDecision Release(IBufferWriter<byte> released)
    {
        var decision = GuardDecision.Allow;
        var isCut = _framer.IsCut && !_isCutSaid;
        if (_findings.Count > 0 || isCut)
        {
            _isCutSaid |= isCut;
            if (isCut && _policies.Find(static policy => policy is { FailClosed: true, Bites: true }) is { } closed)
            {
                (_verdict, _deciding, _what) = (Verdict.Block, closed, Unread);
            }

            _isBlocked = _verdict is Verdict.Block or Verdict.Warn && _holds;
            var reason = _deciding?.Reason(_what);
            decision = new GuardDecision
            {
                Verdict = _verdict,
                Reason = _verdict == Verdict.Allow ? null : reason,
                Policy = _verdict == Verdict.Allow ? "" : _deciding?.Source.Name ?? "",
                Findings = [.. _findings],
                Answer = _isBlocked ? BlockAnswers.Create(_shape.Answers, _context.Target, _call, reason!) : null,
                Unchecked = isCut ? Unread : null,
            };
            _findings.Clear();
        }

        if (_isBlocked)
        {
            _queue.Clear();
            return decision;
        }

        while (_queue.TryPeek(out var first) && (first.Undecided == 0 || !_holds))
        {
            released.Write(first.Masked());
            _queue.Dequeue();
        }

        return decision;
    }

    private void Read(StreamEvent next)
    {
        if (next.JsonLength == 0)
        {
            return;
        }

        var json = next.Content.AsMemory(next.JsonStart, next.JsonLength);
        if (json.Span.SequenceEqual("[DONE]"u8))
        {
            EndChannels("");
            return;
        }

        _reader.State.EventName = next.Name;
        // Between events it holds nothing that is pooled.
        using var tree = _reader.Tree;
        if (!_reader.TryRead(json))
        {
            Plain(next);
            return;
        }

        var reader = _reader;
        if (_isWhole)
        {
            _shape.ReadResponse(reader);
        }
        else
        {
            _shape.ReadEvent(reader);
        }

        reader.Tools?.ForEach(Called);
        foreach (var piece in reader.Pieces)
        {
            if (piece.Kind == TextKind.Reasoning && _shape.Answers == AnswerStyle.Anthropic)
            {
                continue;
            }

            var segment = new Segment(next, next.JsonStart + tree.Start(piece.Node), tree.Length(piece.Node), TextCoding.Json, 0);
            if (piece.IsGrowing)
            {
                Grow(piece.Kind, segment, tree.Text(piece.Node)!);
            }
            else
            {
                Piece(piece.IsWhole ? null : piece.Channel, piece.Kind, segment, tree.Text(piece.Node)!);
            }
        }

        if (reader.EndedChannels is { } ended)
        {
            EndChannels(ended);
        }
    }

    // An event that is no JSON: its text as it stands.
    private void Plain(StreamEvent next) => Piece(
        "data",
        TextKind.Other,
        new Segment(next, next.JsonStart, next.JsonLength, TextCoding.Plain, 0),
        CodedText.Decode(next.Content.AsSpan(next.JsonStart, next.JsonLength), TextCoding.Plain));

    private void Piece(string? name, TextKind kind, Segment segment, string text)
    {
        if (_policies.Count == 0 || text.Length == 0)
        {
            return;
        }

        Channel? channel = null;
        if (name is null || !_channels.TryGetValue(name, out channel))
        {
            channel = new Channel(name ?? "", kind);
            if (name is not null && _channels.Count < 1024)
            {
                _channels[name] = channel;
            }
        }

        channel.Add(segment with { Length = text.Length }, text);
        Advance(channel, isFinal: name is null, isForced: false);
    }

    // An event that shows a whole text so far waits for what the text becomes in later ones.
    private void Grow(TextKind kind, Segment segment, string text)
    {
        if (_policies.Count == 0 || text.Length == 0)
        {
            return;
        }

        _growing ??= [];
        var channel = _growing.Find(earlier => text.StartsWith(earlier.Text, StringComparison.Ordinal));
        if (channel is null)
        {
            channel = new Channel("", kind);
            _growing.Add(channel);
        }

        channel.Repeat(segment with { Length = text.Length }, text);
        Advance(channel, isFinal: false, isForced: false);
        if (channel.IsDecided)
        {
            _growing.Remove(channel);
        }
    }

    private void EndGrowing(bool isForced)
    {
        _growing?.ForEach(channel => Advance(channel, isFinal: true, isForced));
        _growing = null;
    }

    private void EndChannels(string prefix)
    {
        foreach (var (name, channel) in _channels.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
        {
            Advance(channel, isFinal: true, isForced: false);
            _channels.Remove(name);
        }

        if (prefix.Length == 0)
        {
            EndGrowing(isForced: false);
        }
    }

    private void Advance(Channel channel, bool isFinal, bool isForced)
    {
        var text = channel.Text;
        if (text.Length == channel.Decided)
        {
            return;
        }

        ContinueToken(channel, text);
        var hold = isFinal ? text.Length : HoldFrom(channel, text);
        if (text.Length - hold > Channel.Window)
        {
            (hold, isForced) = (text.Length, true);
        }

        var unmasked = hold == text.Length && isForced ? HoldFrom(channel, text) : text.Length;
        foreach (var policy in _policies)
        {
            foreach (var detector in policy.Detectors)
            {
                if (detector.Set < 0 || !Exposure.Looks(detector.Type, channel.Kind))
                {
                    continue;
                }

                _detections.Clear();
                _context.Set(detector.Set).Scan(text, _detections);
                foreach (var detection in _detections)
                {
                    if (detection.End <= channel.Decided || !detector.Takes(detection) || _scan.IsExcepted(policy, text, detection))
                    {
                        continue;
                    }

                    if (detection.End > hold)
                    {
                        hold = Math.Min(hold, Math.Max(detection.Offset, channel.Decided));
                        continue;
                    }

                    unmasked = isForced && detection.End == text.Length ? Math.Max(unmasked, detection.End) : unmasked;
                    Found(channel, policy, detector, detection, text, isForced);
                }
            }
        }

        // The wait is over for what a detector could still extend: a policy that fails closed has it masked.
        if (unmasked < text.Length && _policies.Exists(static policy => policy is { FailClosed: true, Bites: true }))
        {
            channel.Mask(unmasked, text.Length, "unchecked", "held");
        }

        channel.Decide(hold);
    }

    // A server that the app runs itself is never seen: its tools are denied where the model calls them.
    private void Called(string name)
    {
        if (McpToolName.Parse(name) is not { } tool)
        {
            return;
        }

        foreach (var policy in _policies)
        {
            foreach (var detector in policy.Denying(tool, _context.Now))
            {
                var detection = new Detection(detector.Name, name, CallFacts.ToolRule, 1, 0, 0, CallFacts.ToolReason(name));
                if (detector.Takes(detection) && Counts(detector))
                {
                    var action = detector.Action == Verdict.Redact ? policy.CannotRedact : detector.Action;
                    Report(policy, detector, detection, default, "", 0, action);
                    Decide(policy, action, detection.Reason);
                }
            }
        }
    }

    private bool Counts(CompiledDetector detector) => (_counts[detector] = _counts.GetValueOrDefault(detector) + 1) >= detector.Source.MinimumCount;

    private void Report(
        CompiledPolicy policy, CompiledDetector detector, Detection detection, ReadOnlySpan<char> found, string where, int offset, Verdict action)
    {
        if (_findings.Count < Findings.Maximum && _reported.Count < 10_000
            && _reported.Add($"{policy.Source.Name}\n{detection.Rule}\n{(found.IsEmpty ? detection.Entity : Findings.Hash(found))}"))
        {
            _findings.Add(Findings.Make(policy, detector, detection, found, where, offset, found.Length, action, fromApp: false));
        }
    }

    private void Decide(CompiledPolicy policy, Verdict action, string what)
    {
        if (!policy.Source.Monitor && (action > _verdict || _deciding is null))
        {
            (_verdict, _deciding, _what) = (action, policy, what);
        }
    }

    private void Found(Channel channel, CompiledPolicy policy, CompiledDetector detector, Detection detection, string text, bool isForced)
    {
        if (!Counts(detector))
        {
            return;
        }

        var action = detector.Action;
        var canMask = _holds && Hit.CanMask(detector.Type) && (_queue.Count == 0 || _queue.Peek().CanMask);
        if (action == Verdict.Redact && !canMask)
        {
            action = _holds ? policy.CannotRedact : action;
        }

        var found = text.AsSpan(detection.Offset, detection.Length);
        Report(policy, detector, detection, found, channel.Name, channel.Dropped + detection.Offset, action);
        Decide(policy, action, $"{detector.Name} ({detection.Rule})");
        if (policy.Source.Monitor)
        {
            return;
        }

        if (action == Verdict.Redact || detector.Type is DetectorType.Secrets or DetectorType.Pii)
        {
            MaskIfRedacts(channel, detector, detection, action);
            channel.IsTokenOpen |= isForced && action == Verdict.Redact && detection.End == text.Length;
        }
    }

    // What only alerts passes unchanged; where nothing passes through here, the bytes are the record's, which shows no secrets.
    private void MaskIfRedacts(Channel channel, CompiledDetector detector, Detection detection, Verdict action)
    {
        if (action == Verdict.Redact || !_holds)
        {
            channel.Mask(detection.Offset, detection.End, detector.Name, detection.Rule);
        }
    }

    // A token that was longer than what is held goes on.
    private static void ContinueToken(Channel channel, string text)
    {
        if (channel.IsTokenOpen)
        {
            var rest = text.AsSpan(channel.Decided).IndexOfAny(TokenEnds);
            var end = rest < 0 ? text.Length : channel.Decided + rest;
            channel.Mask(channel.Decided, end, "secrets", "");
            channel.IsTokenOpen = rest < 0;
        }
    }

    private int HoldFrom(Channel channel, string text)
    {
        var from = text.Length;
        foreach (var policy in _policies)
        {
            foreach (var detector in policy.Detectors)
            {
                if (detector.Set >= 0 && detector.Action > Verdict.Alert && !policy.Source.Monitor && Exposure.Looks(detector.Type, channel.Kind))
                {
                    from = Math.Min(from, _context.Set(detector.Set).HoldFrom(text));
                }
            }
        }

        return Math.Max(from, channel.Decided);
    }
}
