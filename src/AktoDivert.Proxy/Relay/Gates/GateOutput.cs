using AktoDivert.Core.Content;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// What goes to one side of a guarded connection. Everything that writes there appends here, in order and without waiting; one loop puts it on
/// the wire, since a TLS stream takes one write at a time. Holds no buffer while nothing waits. Thread-safe.
/// </summary>
/// <param name="write">Writes to the side.</param>
/// <param name="passing">Sees each batch before it is written; null for none.</param>
/// <param name="passed">Called after each batch; null for none.</param>
#pragma warning disable CA1001 // Its buffers go back to the pool whenever they are empty.
internal sealed class GateOutput(Func<ReadOnlyMemory<byte>, ValueTask> write, Action<ReadOnlySpan<byte>>? passing = null, Action? passed = null)
#pragma warning restore CA1001
{
    private readonly Lock _lock = new();
    private ByteBuffer _filling = new(int.MaxValue);
    private ByteBuffer _writing = new(int.MaxValue);
    private Task _loop = Task.CompletedTask;
    private bool _running;
    private bool _closed;

    /// <summary>Bytes that wait to be written.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _filling.Length;
            }
        }
    }

    /// <summary>Appends; nothing is written before <see cref="FlushAsync"/>. After the end it is ignored.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _filling.Append(bytes);
            }
        }
    }

    /// <summary>Writes what was appended. Faulted for good once the target is gone.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            if (!_running && _filling.Length > 0)
            {
                _running = true;
                _loop = RunAsync();
            }

            return _loop;
        }
    }

    /// <summary>Writes what was appended, and ignores what comes later.</summary>
    public async Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
        }

        await FlushAsync();
    }

    /// <summary>Drops what was not written, and ignores what comes later.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            _closed = true;
            _filling.Dispose();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_filling.Length == 0)
                {
                    _running = false;
                    return;
                }

                (_filling, _writing) = (_writing, _filling);
            }

            passing?.Invoke(_writing.Span);
            await write(_writing.Memory);
            passed?.Invoke();
            _writing.Dispose();
        }
    }
}
