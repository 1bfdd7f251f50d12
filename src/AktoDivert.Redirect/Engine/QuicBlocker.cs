using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Engine;

/// <summary>
/// Keeps redirected processes from QUIC, so that they speak TLS over TCP: their UDP connects are refused by the driver (H4), and packets
/// of flows that were up before are dropped for a while (H4n). Only processes that are redirected are ever blocked.
/// </summary>
internal sealed class QuicBlocker(
    IDivertDriver driver, EngineFilters filters, EngineOptions options, IEngineThreads threads, TimeProvider time) : IDisposable
{
    private const short BlockPriority = 0;
    private const short DropPriority = 80;
    private const int MaxPorts = 200;
    private readonly Lock _gate = new();
    private readonly HashSet<int> _processes = [];
    private readonly Dictionary<int, long> _ports = [];
    private List<(IDivertHandle Handle, IEngineThread Thread)> _blocking = [];
    private IDivertHandle? _dropping;
    private long _denied;
    private long _failures;
    private bool _paused;
    private bool _disposed;

    /// <summary>Connects refused.</summary>
    public long Denied => Interlocked.Read(ref _denied);

    /// <summary>Handles that could not be opened: QUIC then goes direct.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Processes blocked.</summary>
    public int Processes
    {
        get
        {
            lock (_gate)
            {
                return _processes.Count;
            }
        }
    }

    /// <summary>Blocks exactly these processes from now on.</summary>
    public void Block(IEnumerable<int> processes)
    {
        lock (_gate)
        {
            var wanted = processes.ToHashSet();
            if (!wanted.SetEquals(_processes))
            {
                _processes.Clear();
                _processes.UnionWith(wanted);
                Reopen();
            }
        }
    }

    /// <summary>A redirected process started QUIC before it was blocked: blocks it, and drops what that flow sends.</summary>
    public void Catch(in SocketEvent socketEvent)
    {
        lock (_gate)
        {
            if (_processes.Add(socketEvent.ProcessId))
            {
                Reopen();
            }
        }

        Drop([socketEvent.Key.LocalPort]);
    }

    /// <summary>Drops QUIC from these local ports for a while.</summary>
    public void Drop(IEnumerable<ushort> localPorts)
    {
        lock (_gate)
        {
            var end = time.GetTimestamp() + (long)(options.QuicDropTime.TotalSeconds * time.TimestampFrequency);
            var before = _ports.Count;
            foreach (var port in localPorts.Where(port => _ports.Count < MaxPorts || _ports.ContainsKey(port)))
            {
                _ports[port] = end;
            }

            if (_ports.Count > before)
            {
                ReopenDrop();
            }
        }
    }

    /// <summary>Lets QUIC through while connections are not redirected, and blocks it again after that.</summary>
    public void Pause(bool paused)
    {
        lock (_gate)
        {
            if (paused != _paused)
            {
                _paused = paused;
                Reopen();
                ReopenDrop();
            }
        }
    }

    /// <summary>Lets go of ports whose time is over.</summary>
    public void Expire(long now)
    {
        lock (_gate)
        {
            var over = _ports.Where(port => port.Value <= now).Select(port => port.Key).ToArray();
            foreach (var port in over)
            {
                _ports.Remove(port);
            }

            if (over.Length > 0)
            {
                ReopenDrop();
            }
        }
    }

    /// <summary>Ends all blocking.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Close(_blocking);
            _blocking = [];
            _dropping?.Dispose();
            _dropping = null;
        }
    }

    // The new handles stand before the old ones go, so that nothing slips through between them.
    private void Reopen()
    {
        var old = _blocking;
        _blocking = [];
        foreach (var processes in _paused || _disposed ? [] : _processes.Chunk(EngineFilters.MaxProcesses))
        {
            var error = driver.Open(filters.QuicOf(processes), DivertLayer.Socket, BlockPriority, DivertFlags.ReceiveOnly, out var handle);
            if (error.Succeeded)
            {
                var loop = new EventLoop(handle!, _ => Interlocked.Increment(ref _denied), static _ => { });
                _blocking.Add((handle!, threads.Start("divert-quic", ThreadPriority.Normal, loop.Step)));
            }
            else
            {
                Interlocked.Increment(ref _failures);
            }
        }

        Close(old);
    }

    private void ReopenDrop()
    {
        var old = _dropping;
        _dropping = null;
        if (_ports.Count > 0 && !_paused && !_disposed)
        {
            var filter = filters.QuicFrom(_ports.Keys);
            if (!driver.Open(filter, DivertLayer.Network, DropPriority, DivertFlags.Drop, out _dropping).Succeeded)
            {
                Interlocked.Increment(ref _failures);
            }
        }

        old?.Dispose();
    }

    private static void Close(List<(IDivertHandle Handle, IEngineThread Thread)> handles)
    {
        foreach (var (handle, thread) in handles)
        {
            _ = handle.Shutdown(DivertShutdown.Both);
            _ = thread.Stop(TimeSpan.FromSeconds(1));
            handle.Dispose();
        }
    }
}
