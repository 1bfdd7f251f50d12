using System.Buffers.Binary;
using System.Text;

namespace AktoDivert.Tests.Shared;

/// <summary>Writes ClientHello messages as a TLS library would, piece by piece as a test needs them.</summary>
public sealed class ClientHelloBuilder
{
    private readonly List<(ushort Type, byte[] Content)> _extensions = [];

    public ushort Version { get; set; } = 0x0303;

    public IReadOnlyList<ushort> Ciphers { get; set; } = [0x1301, 0x1302, 0xc02b];

    public ClientHelloBuilder Extension(ushort type, params byte[] content)
    {
        _extensions.Add((type, content));
        return this;
    }

    public ClientHelloBuilder ServerName(string name) => ServerName(Encoding.Latin1.GetBytes(name));

    public ClientHelloBuilder ServerName(byte[] name) => Extension(0, [.. Vector16([0, .. Vector16(name)])]);

    public ClientHelloBuilder Alpn(params string[] protocols) =>
        Extension(0x10, Vector16([.. protocols.SelectMany(p => (byte[])[(byte)p.Length, .. Encoding.Latin1.GetBytes(p)])]));

    public ClientHelloBuilder Versions(params ushort[] versions) => Extension(0x2b, [(byte)(versions.Length * 2), .. Values(versions)]);

    public ClientHelloBuilder SignatureAlgorithms(params ushort[] algorithms) => Extension(0x0d, Vector16(Values(algorithms)));

    /// <summary>The handshake message with its header.</summary>
    public byte[] Message()
    {
        byte[] body =
        [
            .. Values([Version]),
            .. new byte[32],
            0,
            .. Vector16(Values(Ciphers)),
            1, 0,
            .. Vector16([.. _extensions.SelectMany(e => (byte[])[.. Values([e.Type]), .. Vector16(e.Content)])]),
        ];
        return [1, (byte)(body.Length >> 16), (byte)(body.Length >> 8), (byte)body.Length, .. body];
    }

    /// <summary>The message in records of at most <paramref name="fragment"/> bytes.</summary>
    public byte[] Records(int fragment = 16 * 1024) => [.. Message().Chunk(fragment).SelectMany(Record)];

    public static byte[] Record(byte[] fragment) => [22, 3, 1, .. Vector16(fragment)];

    public static byte[] Vector16(byte[] content) => [(byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Values(IReadOnlyList<ushort> values)
    {
        var bytes = new byte[values.Count * 2];
        for (var i = 0; i < values.Count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), values[i]);
        }

        return bytes;
    }
}
