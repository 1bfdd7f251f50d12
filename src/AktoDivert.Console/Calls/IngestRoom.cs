namespace AktoDivert.Console.Calls;

/// <summary>One upload's share of the bytes that may wait. It grows with what is read, so a body of unknown length costs what it holds and no more.</summary>
internal sealed class IngestRoom(IngestCapacity capacity) : IDisposable
{
    private long _held;

    /// <summary>Makes the share <paramref name="bytes"/> large if it is smaller; false, and unchanged, when there is no room.</summary>
    public bool TryHold(long bytes)
    {
        if (bytes <= _held)
        {
            return true;
        }

        if (!capacity.TryReserve(bytes - _held))
        {
            return false;
        }

        _held = bytes;
        return true;
    }

    /// <summary>Gives the share back.</summary>
    public void Dispose() => capacity.Release(Interlocked.Exchange(ref _held, 0));
}
