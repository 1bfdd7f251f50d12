using System.Net;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A body that goes on, a byte at a time, until something has happened.</summary>
internal sealed class EndlessContent(Task until) : HttpContent
{
    /// <summary>Bytes that were sent.</summary>
    public int Sent { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        do
        {
            await stream.WriteAsync("x"u8.ToArray());
            await stream.FlushAsync();
            Sent++;
            await Task.WhenAny(until, Task.Delay(TimeSpan.FromMilliseconds(5)));
        }
        while (!until.IsCompleted);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
