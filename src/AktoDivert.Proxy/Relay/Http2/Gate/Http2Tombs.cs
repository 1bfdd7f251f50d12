namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// Streams that one side believes open and the other does not: refused, blocked, or answered by us. What still comes for them goes nowhere.
/// </summary>
internal sealed class Http2Tombs
{
    // Frames in flight concern the newest tombs; after as many later ones none can be left.
    private const int Kept = 8192;

    private readonly HashSet<int> _ids = [];
    private readonly Queue<int> _order = new();
    private readonly HashSet<int> _draining = [];
    private readonly Dictionary<int, Http2GateStream> _answered = [];

    /// <summary>Streams whose answer is not wholly sent.</summary>
    public IEnumerable<Http2GateStream> Answered => _answered.Values;

    public bool Contains(int streamId) => _ids.Contains(streamId);

    public void Add(Http2GateStream stream, bool answered)
    {
        if (_ids.Add(stream.Id))
        {
            _order.Enqueue(stream.Id);
        }

        if (!stream.RequestEnded)
        {
            _draining.Add(stream.Id);
        }

        if (answered)
        {
            _answered[stream.Id] = stream;
        }

        if (_order.Count > Kept)
        {
            var oldest = _order.Dequeue();
            _ids.Remove(oldest);
            _draining.Remove(oldest);
            _answered.Remove(oldest);
        }
    }

    /// <summary>Whether the app is still to be let come to the end of its request; with <paramref name="ends"/> it is there.</summary>
    public bool Drains(int streamId, bool ends)
    {
        if (ends)
        {
            _draining.Remove(streamId);
        }

        return _draining.Contains(streamId);
    }

    /// <summary>The app's half is over.</summary>
    public void AppEnded(int streamId) => _draining.Remove(streamId);

    public Http2GateStream? FindAnswered(int streamId) => _answered.GetValueOrDefault(streamId);

    public Http2GateStream? TakeAnswered(int streamId) => _answered.Remove(streamId, out var stream) ? stream : null;
}
