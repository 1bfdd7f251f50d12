using System.Net;
using System.Text;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A body whose second part is not sent before the test says so.</summary>
internal sealed class TwoPartContent(string first, string second) : HttpContent
{
    public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
        await stream.FlushAsync();
        await GoOn.Task;
        await stream.WriteAsync(Encoding.UTF8.GetBytes(second));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
