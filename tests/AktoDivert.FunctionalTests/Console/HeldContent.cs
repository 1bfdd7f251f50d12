using System.Net;
using System.Text;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>A body of unknown length that sends its text and ends only when told to.</summary>
internal sealed class HeldContent(string text, Task ending) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
        await ending;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
