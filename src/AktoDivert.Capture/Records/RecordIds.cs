using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Makes the ids of records: UUIDs that rise with time (version 7, RFC 9562 section 5.7). Random numbers are fetched for many at once, since
/// asking the kernel for those of each costs a quarter of what a record costs. Not thread-safe.
/// </summary>
internal sealed class RecordIds
{
    private const int Size = 16;

    private readonly byte[] _random = new byte[256 * Size];
    private int _next;

    /// <summary>A new id.</summary>
    /// <param name="time">Now, not before 1970.</param>
    public Guid Next(DateTimeOffset time)
    {
        if (_next == 0)
        {
            RandomNumberGenerator.Fill(_random);
        }

        var id = _random.AsSpan(_next, Size);
        _next = (_next + Size) % _random.Length;
        var milliseconds = time.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(id[2..], (uint)milliseconds);
        id[6] = (byte)(0x70 | (id[6] & 0x0f));
        id[8] = (byte)(0x80 | (id[8] & 0x3f));
        return new Guid(id, bigEndian: true);
    }
}
