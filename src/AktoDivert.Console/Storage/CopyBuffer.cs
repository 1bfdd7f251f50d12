using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AktoDivert.Console.Storage;

/// <summary>
/// Rows in the binary format of PostgreSQL's COPY (section "File Formats" of its reference): for each row the number of columns (int16), for each
/// column its length in bytes (int32, -1 for NULL) and its value, all big-endian. They are made in memory and sent in large pieces, which costs a
/// fraction of calling the driver for each column.
/// </summary>
/// <param name="stream">Takes the pieces.</param>
internal sealed class CopyBuffer(Stream stream)
{
    private const int Piece = 64 << 10;
    private const int Null = -1;

    // Room for the last row, so that it seldom has to grow.
    private readonly ArrayBufferWriter<byte> _bytes = new(Piece + (Piece / 4));

    // The signature, no flags, and no extension of the header.
    private static ReadOnlySpan<byte> Header =>
        [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Begins the rows.</summary>
    public void Begin() => _bytes.Write(Header);

    /// <summary>Begins a row; its columns follow.</summary>
    public void BeginRow(int columns) => WriteInt16((short)columns);

    /// <summary>Adds a column of type <c>text</c>.</summary>
    public void Add(string? value)
    {
        if (value is null)
        {
            WriteInt32(Null);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    /// <summary>Adds a column of type <c>bytea</c>.</summary>
    public void Add(byte[]? value)
    {
        WriteInt32(value?.Length ?? Null);
        _bytes.Write(value);
    }

    /// <summary>Adds a column of type <c>integer</c>.</summary>
    public void Add(int value)
    {
        WriteInt32(sizeof(int));
        WriteInt32(value);
    }

    /// <summary>Adds a column of type <c>bigint</c>.</summary>
    public void Add(long? value)
    {
        if (value is not { } given)
        {
            WriteInt32(Null);
            return;
        }

        WriteInt32(sizeof(long));
        WriteInt64(given);
    }

    /// <summary>Adds a column of type <c>double precision</c>.</summary>
    public void Add(double? value) => Add(value is { } given ? BitConverter.DoubleToInt64Bits(given) : null);

    /// <summary>Sends the rows if they are a piece.</summary>
    public ValueTask EndRowAsync(CancellationToken cancellation) => _bytes.WrittenCount < Piece ? ValueTask.CompletedTask : SendAsync(cancellation);

    /// <summary>Ends the rows and sends what is left.</summary>
    public ValueTask EndAsync(CancellationToken cancellation)
    {
        WriteInt16(-1);
        return SendAsync(cancellation);
    }

    private async ValueTask SendAsync(CancellationToken cancellation)
    {
        await stream.WriteAsync(_bytes.WrittenMemory, cancellation);
        _bytes.ResetWrittenCount();
    }

    private void WriteInt16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(sizeof(short)), value);
        _bytes.Advance(sizeof(short));
    }

    private void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    private void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }
}
