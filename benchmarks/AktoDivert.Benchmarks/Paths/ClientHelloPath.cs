using System.Buffers.Binary;
using System.Text;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>Finding and reading a ClientHello as large as a browser's with a post-quantum key share.</summary>
internal sealed class ClientHelloPath : HotPath
{
    private readonly byte[] _hello = Record();

    /// <inheritdoc />
    public override string Name => "client-hello";

    /// <inheritdoc />
    public override void Run()
    {
        if (ClientHelloReader.Read(_hello, out _, out _) != ClientHelloStatus.Complete)
        {
            throw new InvalidOperationException("the ClientHello was not understood");
        }
    }

    private static byte[] Record()
    {
        byte[] host = Encoding.ASCII.GetBytes("api.anthropic.com");
        byte[] alpn = [2, .. "h2"u8, 8, .. "http/1.1"u8];
        byte[] extensions =
        [
            .. Extension(0, Vector16([0, .. Vector16(host)])),
            .. Extension(0x10, Vector16(alpn)),
            .. Extension(0x0a, Vector16([0x11, 0xec, 0x00, 0x1d])),
            .. Extension(0x0d, Vector16([4, 3, 8, 4, 4, 1])),
            .. Extension(0x2b, [4, 3, 4, 3, 3]),
            .. Extension(0x33, Vector16([0x11, 0xec, .. Vector16(new byte[1216])])),
        ];
        byte[] body = [3, 3, .. new byte[32], 32, .. new byte[32], .. Vector16([0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b]), 1, 0, .. Vector16(extensions)];
        return [22, 3, 1, .. Vector16([1, 0, .. Vector16(body)])];
    }

    private static byte[] Extension(ushort type, byte[] content) => [(byte)(type >> 8), (byte)type, .. Vector16(content)];

    private static byte[] Vector16(byte[] content)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)content.Length);
        return [.. length, .. content];
    }
}
