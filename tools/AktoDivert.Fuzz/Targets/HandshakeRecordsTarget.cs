using AktoDivert.Proxy.Transport;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Where a handshake's records end: the same place however the bytes are cut.</summary>
public sealed class HandshakeRecordsTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "handshake-records";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        Convert.FromHexString("1603030004020000001403030001011703030003070707" + "170303000170" + "1703030000"),
        Convert.FromHexString("150303000202281703"),
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input)
    {
        var (whole, piecewise) = (default(HandshakeRecords), default(HandshakeRecords));
        for (var at = 0; at < input.Length;)
        {
            var admitted = whole.Admit(input[at..]);
            if (admitted < 1 || admitted > input.Length - at)
            {
                throw new InvalidOperationException($"{admitted} of {input.Length - at} bytes");
            }

            foreach (var _ in input.Slice(at, admitted))
            {
                if (piecewise.Admit(input.Slice(at++, 1)) != 1)
                {
                    throw new InvalidOperationException("a byte that is alone is always given");
                }
            }

            if (!whole.Equals(piecewise))
            {
                throw new InvalidOperationException($"another state behind {at} bytes");
            }
        }
    }
}
