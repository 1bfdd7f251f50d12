using System.Net;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>A request body that a test goes on writing while it reads the response.</summary>
internal sealed class TalkContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task SayAsync(ReadOnlyMemory<byte> bytes)
    {
        var stream = await _stream.Task.WaitAsync(ProxyUnderTest.Patience);
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void End() => _over.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        _stream.SetResult(stream);
        await _over.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
