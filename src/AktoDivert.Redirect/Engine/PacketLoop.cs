using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Engine;

/// <summary>The loop of one handle: receive, decide, send. The only reader of its handle, so the order within a flow stays.</summary>
internal sealed class PacketLoop
{
    private const int MaxRefused = 64;
    private readonly IDivertHandle _handle;
    private readonly PacketPath _path;
    private readonly PacketSender _sender;
    private readonly QueueWait _wait;
    private readonly Func<bool> _beforeReflected;
    private readonly Action _held;
    private readonly Action<DivertError> _ended;
    private readonly TimeProvider _time;
    private readonly PacketBatch _batch;
    private long _busySince;
    private int _refused;

    /// <summary>Makes the loop.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="batch">Its buffer.</param>
    /// <param name="path">Decides.</param>
    /// <param name="sender">Sends.</param>
    /// <param name="wait">Is told how long packets waited.</param>
    /// <param name="beforeReflected">Called before reflected packets are sent; false when they cannot be.</param>
    /// <param name="held">Called after a SYN was held.</param>
    /// <param name="ended">Is told why the loop ended.</param>
    /// <param name="time">The clock of the driver's timestamps.</param>
    public PacketLoop(
        IDivertHandle handle,
        PacketBatch batch,
        PacketPath path,
        PacketSender sender,
        QueueWait wait,
        Func<bool> beforeReflected,
        Action held,
        Action<DivertError> ended,
        TimeProvider time)
    {
        (_handle, _batch, _path, _sender) = (handle, batch, path, sender);
        (_wait, _beforeReflected, _held, _ended, _time) = (wait, beforeReflected, held, ended, time);
    }

    /// <summary>Packets that could not be sent.</summary>
    public long SendFailures => _sender.Failures;

    /// <summary>For how long it has worked on one batch; zero while it waits for packets.</summary>
    public TimeSpan BusyFor
    {
        get
        {
            var since = Volatile.Read(ref _busySince);
            return since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(since);
        }
    }

    /// <summary>One batch; null when the handle is done.</summary>
    public TimeSpan? Step()
    {
        _batch.Clear();
        var error = _handle.Receive(_batch);
        if (error.Succeeded && _batch.Count > 0)
        {
            var now = _time.GetTimestamp();
            Volatile.Write(ref _busySince, now);
            _wait.Observe(_batch.Addresses[0].Timestamp, now);
            var outcome = _path.Process(_batch, now);
            if ((outcome & BatchOutcome.Held) != 0)
            {
                _held();
            }

            if ((outcome & BatchOutcome.Reflected) == 0 || _beforeReflected())
            {
                error = _sender.Send(_handle, _batch);
            }

            Volatile.Write(ref _busySince, 0);
        }

        // A packet larger than the buffer is lost, and the loop goes on; but no driver has only such packets.
        _refused = error == DivertError.InsufficientBuffer ? _refused + 1 : 0;
        if (!error.Succeeded && (error != DivertError.InsufficientBuffer || _refused > MaxRefused))
        {
            _ended(error);
            return null;
        }

        return TimeSpan.Zero;
    }
}
