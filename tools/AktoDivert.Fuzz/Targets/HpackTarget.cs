using AktoDivert.Proxy.Relay.Http2.Hpack;

namespace AktoDivert.Fuzz.Targets;

/// <summary>The HPACK decoder: two blocks on one table, cut at the first byte's position.</summary>
public sealed class HpackTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "hpack";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        [17, .. Convert.FromHexString("828684418cf1e3c2e5f23a6ba0ab90f4ff828684be5886a8eb10649cbf")],
        [4, .. Convert.FromHexString("3f213fe11f40017801790f1f03616263be82")],
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var decoder = new HpackDecoder();
        var visitor = default(Visitor);
        var cut = Math.Min(input[0], input.Length - 1) + 1;
        if (decoder.Decode(input[1..cut], ref visitor) == HpackStatus.Ok)
        {
            decoder.Decode(input[cut..], ref visitor);
        }

        if (decoder.Table.Size > decoder.Table.MaxSize || decoder.Table.MaxSize > decoder.SizeLimit)
        {
            throw new InvalidOperationException($"table of {decoder.Table.Size} bytes, at most {decoder.Table.MaxSize}");
        }

        if (visitor.Overlapping)
        {
            throw new InvalidOperationException("representations overlap");
        }

        decoder.Release();
    }

    private struct Visitor : IHpackVisitor
    {
        public bool Overlapping { get; private set; }

        public void Field(in HpackField field) => Overlapping |= field.Start >= field.End || field.ValueStart > field.End;

        public readonly void SizeUpdate(int size)
        {
        }
    }
}
