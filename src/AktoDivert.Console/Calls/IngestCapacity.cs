namespace AktoDivert.Console.Calls;

/// <summary>Bytes of upload bodies that the console holds at once, whatever they carry.</summary>
internal sealed class IngestCapacity(long bytes)
{
    private long _reserved;

    /// <summary>Bytes of bodies that hold room now.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reserved);

    /// <summary>Reserves room for a body of <paramref name="size"/> bytes; false when there is none.</summary>
    public bool TryReserve(long size)
    {
        if (Interlocked.Add(ref _reserved, size) <= bytes)
        {
            return true;
        }

        Release(size);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void Release(long size) => Interlocked.Add(ref _reserved, -size);
}
