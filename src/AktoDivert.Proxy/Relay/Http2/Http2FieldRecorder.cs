using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Proxy.Relay.Http2;

/// <summary>Writes decoded fields into a header block; those of an informational response (status 1xx) it passes over.</summary>
internal struct Http2FieldRecorder(HeaderBlock? target) : IHpackVisitor
{
    private HeaderBlock? _target = target;

    /// <summary>The value of <c>:status</c>; 0 when there was none that reads as a status.</summary>
    public int Status { get; private set; }

    public readonly bool IsInformational => Status is >= 100 and < 200;

    public void Field(in HpackField field)
    {
        if (Status == 0 && field.Name.SequenceEqual(":status"u8))
        {
            Status = ReadStatus(field.Value);
            _target = IsInformational ? null : _target;
        }

        _target?.Add(field.Name, field.Value);
    }

    public readonly void SizeUpdate(int size)
    {
    }

    private static int ReadStatus(ReadOnlySpan<byte> value) =>
        value is [>= (byte)'1' and <= (byte)'9', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9']
            ? ((value[0] - '0') * 100) + ((value[1] - '0') * 10) + (value[2] - '0')
            : 0;
}
