using System.Text;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Streams;

/// <summary>
/// One text that arrives in pieces: a choice, a content block, a tool's arguments. It keeps what is not decided, and some of what was decided
/// before it, so that a detector sees what a token is part of.
/// </summary>
internal sealed class Channel(string name, TextKind kind)
{
    /// <summary>Characters that are kept of what was decided, and most that are held.</summary>
    public const int Window = 256;

    private readonly StringBuilder _text = new();
    private readonly Queue<(Segment Segment, int Start)> _open = [];
    private int _decided;
    private bool _isRepeated;

    /// <summary>Name.</summary>
    public string Name => name;

    /// <summary>What its text is.</summary>
    public TextKind Kind => kind;

    /// <summary>The kept text: decided first, then held.</summary>
    public string Text => _text.ToString();

    /// <summary>Where in <see cref="Text"/> what is not decided begins.</summary>
    public int Decided => _decided;

    /// <summary>Whether all of it is decided.</summary>
    public bool IsDecided => _open.Count == 0;

    /// <summary>Characters before <see cref="Text"/> that are no longer kept.</summary>
    public int Dropped { get; private set; }

    /// <summary>Whether a token that was masked goes on: until white space or a quote, all is masked.</summary>
    public bool IsTokenOpen { get; set; }

    /// <summary>Adds a piece.</summary>
    public void Add(Segment segment, string text)
    {
        _open.Enqueue((segment, _text.Length));
        _text.Append(text);
        segment.Event.Undecided++;
    }

    /// <summary>Adds a piece that repeats the whole text with more behind it: a copy of its own, in which all is to be decided.</summary>
    public void Repeat(Segment segment, string text)
    {
        (_isRepeated, _decided) = (true, 0);
        _open.Enqueue((segment, 0));
        _text.Clear().Append(text);
        segment.Event.Undecided++;
    }

    /// <summary>Overwrites characters of <see cref="Text"/>, as far as they are not decided, with a mask of as many bytes.</summary>
    public void Mask(int start, int end, string detector, string rule)
    {
        var places = new List<(byte[] Bytes, int Start, int Length)>();
        foreach (var (segment, at) in _open)
        {
            var (from, to) = (Math.Max(Math.Max(start, _decided), at), Math.Min(end, at + segment.Length));
            if (from < to)
            {
                var raw = segment.Event.Content.AsSpan(segment.RawStart, segment.RawLength);
                var (rawFrom, rawTo) = CodedText.RawRange(raw, segment.Coding, from - at, to - at);
                places.Add((segment.Event.Content, segment.RawStart + rawFrom, rawTo - rawFrom));
            }
        }

        if (_isRepeated)
        {
            places.ForEach(place => Redaction.Mask.Write(place.Bytes.AsSpan(place.Start, place.Length), detector, rule));
            return;
        }

        // One mask over all the events that the token was split over.
        var mask = new byte[places.Sum(place => place.Length)];
        Redaction.Mask.Write(mask, detector, rule);
        var used = 0;
        foreach (var (bytes, at, length) in places)
        {
            mask.AsSpan(used, length).CopyTo(bytes.AsSpan(at));
            used += length;
        }
    }

    /// <summary>Says that the characters before an index are decided, so that events that hold nothing else may pass.</summary>
    public void Decide(int end)
    {
        _decided = Math.Max(_decided, end);
        while (_open.TryPeek(out var first) && first.Start + first.Segment.Length <= _decided)
        {
            _open.Dequeue().Segment.Event.Undecided--;
        }

        var keepFrom = Math.Max(0, _decided - Window);
        if (_open.TryPeek(out var open))
        {
            keepFrom = Math.Min(keepFrom, open.Start);
        }

        // Not for every piece: removing from the front moves the rest.
        if (keepFrom > 4 * Window || (keepFrom > 0 && _open.Count == 0))
        {
            _text.Remove(0, keepFrom);
            _decided -= keepFrom;
            Dropped += keepFrom;
            for (var i = _open.Count; i > 0; i--)
            {
                var (segment, at) = _open.Dequeue();
                _open.Enqueue((segment, at - keepFrom));
            }
        }
    }
}
