using System.Threading.Channels;

namespace AktoDivert.Console.Devices;

/// <summary>A device's open stream as <see cref="DeviceDiagnostics"/> asks it: each question once.</summary>
internal sealed class QuestionFeed : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly DeviceDiagnostics _diagnostics;
    private readonly string _device;
    private long _asked;

    /// <summary>Listens from now on; a question that waits already is the first.</summary>
    public QuestionFeed(DeviceDiagnostics diagnostics, string device)
    {
        (_diagnostics, _device) = (diagnostics, device);
        diagnostics.Asked += Signal;
        Signal();
    }

    /// <summary>Waits for the next question.</summary>
    public async Task NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellation);
            if (_diagnostics.WaitingFor(_device) is { } asked && asked > _asked)
            {
                _asked = asked;
                return;
            }
        }
    }

    public void Dispose() => _diagnostics.Asked -= Signal;

    private void Signal() => _signal.Writer.TryWrite(true);
}
