namespace AktoDivert.Lab.Upstream;

/// <summary>The last requests the lab's servers received.</summary>
internal sealed class RequestLog
{
    private const int Capacity = 20_000;

    private readonly Lock _lock = new();
    private readonly Queue<RequestRecord> _records = new();
    private long _sequence;

    public RequestRecord Add(RequestRecord record)
    {
        lock (_lock)
        {
            var numbered = record with { Sequence = ++_sequence };
            _records.Enqueue(numbered);
            if (_records.Count > Capacity)
            {
                _records.Dequeue();
            }

            return numbered;
        }
    }

    /// <summary>Records after <paramref name="after"/>, of one call where one is named, oldest first.</summary>
    public IReadOnlyList<RequestRecord> Read(string? call, long after)
    {
        lock (_lock)
        {
            return [.. _records.Where(record => record.Sequence > after && (call is null || record.Call == call))];
        }
    }
}
