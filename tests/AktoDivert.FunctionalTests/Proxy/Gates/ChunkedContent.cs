using System.Net;
using System.Text;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A body of undeclared length, in pieces.</summary>
internal sealed class ChunkedContent(string text) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        foreach (var part in Encoding.UTF8.GetBytes(text).Chunk(5))
        {
            await stream.WriteAsync(part);
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
