using AktoDivert.Core.Exchanges;
using AktoDivert.Proxy.Relay.Gates;

namespace AktoDivert.Proxy.Relay;

/// <summary>
/// What every tap has in common: one lock for both directions, the switch to opaque, and the attribution of an early end.
/// A protocol's tap only parses, and says so when it cannot.
/// </summary>
internal abstract class ConnectionTap(ExchangeRecorder recorder) : IConnectionTap
{
    private readonly Lock _lock = new();
    private volatile bool _stopped;
    private RelayDirection? _endedFirst;

    protected ExchangeRecorder Recorder => recorder;

    /// <inheritdoc />
    public void Feed(RelayDirection direction, ReadOnlySpan<byte> bytes)
    {
        if (_stopped || bytes.IsEmpty)
        {
            return;
        }

        var readAt = recorder.Now();
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            recorder.Observe(readAt);
            recorder.Forwards.BeginRead(direction, readAt);
            try
            {
                if (Observe(direction, bytes) is { } cause)
                {
                    TurnOpaque(cause);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Abandon();
            }
        }
    }

    /// <inheritdoc />
    public void Forwarded(RelayDirection direction)
    {
        if (!recorder.Forwards.Awaits(direction))
        {
            return;
        }

        lock (_lock)
        {
            try
            {
                recorder.Forwards.Forwarded(direction);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Abandon();
            }
        }
    }

    /// <inheritdoc />
    public void End(RelayDirection direction, bool aborted)
    {
        lock (_lock)
        {
            _endedFirst ??= direction;
            if (_stopped)
            {
                return;
            }

            try
            {
                recorder.Observe(recorder.Now());
                ObserveEnd(direction, aborted);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Abandon();
            }
        }
    }

    /// <inheritdoc />
    public void Judged(in Judged judged)
    {
        lock (_lock)
        {
            if (_stopped)
            {
                return;
            }

            try
            {
                if (Find(judged.StreamId) is { } exchange)
                {
                    ExchangeRecorder.Record(exchange, judged);
                }
                else
                {
                    recorder.CountLateVerdict();
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Abandon();
            }
        }
    }

    /// <inheritdoc />
    public void Close()
    {
        lock (_lock)
        {
            try
            {
                if (!_stopped)
                {
                    _stopped = true;
                    recorder.Observe(recorder.Now());
                    CompleteOpen(EarlyEnd, _endedFirst is null ? "the agent closed the connection" : null);
                    Release();
                }

                recorder.Forwards.End();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Abandon();
            }
        }
    }

    /// <summary>Whose fault it is when an exchange is still open at the end: the side that ended first.</summary>
    protected ExchangeEnd EarlyEnd => _endedFirst switch
    {
        RelayDirection.Up => ExchangeEnd.AppAborted,
        RelayDirection.Down => ExchangeEnd.UpstreamAborted,
        _ => ExchangeEnd.ObservationStopped,
    };

    /// <summary>The open exchange of that number, or the turn of its WebSocket; null when there is none.</summary>
    protected abstract Exchange? Find(long streamId);

    /// <summary>Parses bytes; returns the cause when the connection cannot be followed further.</summary>
    protected abstract OpaqueCause? Observe(RelayDirection direction, ReadOnlySpan<byte> bytes);

    /// <summary>A direction ended.</summary>
    protected abstract void ObserveEnd(RelayDirection direction, bool aborted);

    /// <summary>Completes every open exchange with <paramref name="end"/>; those whose response is already whole as complete.</summary>
    protected abstract void CompleteOpen(ExchangeEnd end, string? incomplete);

    /// <summary>Gives pooled buffers back. Nothing is called afterwards.</summary>
    protected abstract void Release();

    private void TurnOpaque(OpaqueCause cause)
    {
        _stopped = true;
        recorder.Flow.OpaqueReason = cause.Text;
        recorder.CountOpaque(cause);
        CompleteOpen(ExchangeEnd.ObservationStopped, cause.Text);
        Release();
    }

    // A fault in a tap, a guard or a sink must never reach the pump. What is open is left to the collector: its state is unknown.
    private void Abandon()
    {
        _stopped = true;
        recorder.Flow.OpaqueReason = OpaqueCause.InternalFault.Text;
        recorder.CountOpaque(OpaqueCause.InternalFault);
        recorder.Forwards.Abandon();
    }
}
