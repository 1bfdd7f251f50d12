using System.Buffers;
using System.Globalization;
using System.Text;

namespace AktoDivert.Proxy.Relay.Http1.Gate;

/// <summary>Chunks of our own (RFC 9112 section 7.1).</summary>
internal static class Http1Chunks
{
    /// <summary>Writes one chunk; nothing for no bytes, which would end the body.</summary>
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> body)
    {
        if (!body.IsEmpty)
        {
            target.Write(Encoding.ASCII.GetBytes(body.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            target.Write(body);
            target.Write("\r\n"u8);
        }
    }
}
