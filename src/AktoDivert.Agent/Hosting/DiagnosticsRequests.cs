using System.Threading.Channels;

namespace AktoDivert.Agent.Hosting;

/// <summary>The console's questions for diagnostics on their way to <see cref="DiagnosticsWorker"/>. Thread-safe.</summary>
internal sealed class DiagnosticsRequests
{
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>The console asks; what it asks before the answer is one question. Returns at once.</summary>
    public void Ask() => _asked.Writer.TryWrite(true);

    /// <summary>The questions as they come.</summary>
    public IAsyncEnumerable<bool> ReadAsync(CancellationToken cancellationToken) => _asked.Reader.ReadAllAsync(cancellationToken);
}
