using AktoDivert.Proxy.Classify;

namespace AktoDivert.Fuzz.Targets;

/// <summary>The ClientHello reader: the first parser that meets bytes of an app.</summary>
public sealed class ClientHelloTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "client-hello";

    /// <inheritdoc />
    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        // One record: SNI a.test, ALPN h2 and http/1.1, versions 1.3 and 1.2, two signature algorithms, ECH.
        Convert.FromHexString(
            "160301006c0100006803030000000000000000000000000000000000000000000000000000000000000000000004130113020100003b00" +
            "00000b0009000006612e746573740010000e000c02683208687474702f312e31002b00050403040303000d0006000404030804fe0d0003" +
            "000001"),

        // The same message in records of 20 bytes.
        Convert.FromHexString(
            "16030100140100006803030000000000000000000000000000160301001400000000000000000000000000000000000000001603010014" +
            "04130113020100003b0000000b0009000006612e1603010014746573740010000e000c02683208687474702f3116030100142e31002b00" +
            "050403040303000d00060004040308160301000804fe0d0003000001"),
        "GET / HTTP/1.1\r\n"u8.ToArray(),
    ];

    /// <inheritdoc />
    public void Execute(ReadOnlySpan<byte> input)
    {
        var status = ClientHelloReader.Read(input, out var facts, out var required);
        if ((facts is not null) != (status == ClientHelloStatus.Complete))
        {
            throw new InvalidOperationException("facts without a whole message, or the other way round");
        }

        if (status == ClientHelloStatus.Incomplete && (required <= input.Length || required > ClientHelloReader.MaxLength))
        {
            throw new InvalidOperationException($"{required} bytes required after {input.Length}");
        }

        if (facts?.Ja4.Length is not (null or 36))
        {
            throw new InvalidOperationException($"JA4 is {facts.Ja4}");
        }
    }
}
