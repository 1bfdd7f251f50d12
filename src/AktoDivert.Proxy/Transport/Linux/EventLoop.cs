using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace AktoDivert.Proxy.Transport.Linux;

/// <summary>
/// Waits for the sockets of the data path by epoll(7), edge-triggered, and runs what waits for them: one thread for all, since a thread a core
/// means twice the wake-ups, each for less. Should what it runs take long, such as a guard that looks through a long text, a second thread takes
/// what else there is to do, so that no app waits for another's.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A loop runs as long as the process.")]
internal sealed class EventLoop
{
    /// <summary>Of a socket that no loop watches.</summary>
    public const long NoTicket = 0;

    // How long one round may keep what came with it or after it, and a half more. Each look at a busy loop is a wake-up.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);

    // For longer than that nothing takes which is not hung.
    private static readonly TimeSpan HungAfter = TimeSpan.FromSeconds(2);

    // After so many looks at a loop that does nothing the second thread sleeps until it is called.
    private const int IdleLooks = 20;

    private static readonly Lock SharedGate = new();
    private static EventLoop? s_shared;

    private readonly SafeFileHandle _epoll;
    private readonly EventBatch _batch = new();
    private readonly EventBatch _standbyBatch = new();
    private readonly ManualResetEventSlim _called = new(initialState: false, spinCount: 0);
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private readonly ConcurrentQueue<Action> _later = new();
    private readonly Thread _thread;
    private PolledSocket?[] _sockets = new PolledSocket?[64];
    private int _used;
    private int _generation;
    private volatile bool _isAsleep;
    private long _round;
    private long _busySince;
    private long _standbyBusySince;

    private EventLoop()
    {
        var epoll = LibC.epoll_create1(LibC.CloseOnExec);
        if (epoll < 0)
        {
            throw SocketFault.Last();
        }

        _epoll = new(epoll, ownsHandle: true);
        _thread = new Thread(Run) { IsBackground = true, Name = "Sockets" };
        _thread.Start();
        new Thread(StandBy) { IsBackground = true, Name = "Sockets standby" }.Start();
    }

    /// <summary>The loop of this process.</summary>
    /// <exception cref="SocketException">The system has no room for one now.</exception>
    public static EventLoop Shared
    {
        get
        {
            if (Volatile.Read(ref s_shared) is { } loop)
            {
                return loop;
            }

            lock (SharedGate)
            {
                return s_shared ??= new EventLoop();
            }
        }
    }

    /// <summary>
    /// Whether the loop hangs: both threads have run what waited for one socket for more than two seconds, and the others wait.
    /// </summary>
    public static bool IsHung => Volatile.Read(ref s_shared) is { } loop && IsLong(ref loop._busySince) && IsLong(ref loop._standbyBusySince);

    /// <summary>Sockets that are watched.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _used - _free.Count;
            }
        }
    }

    /// <summary>Watches a socket until it is closed.</summary>
    /// <exception cref="SocketException">The system has no room for it.</exception>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    public void Watch(PolledSocket socket)
    {
        var ticket = Keep(socket);
        Volatile.Write(ref socket.Ticket, ticket);
        try
        {
            if (!EventBatch.Watch(_epoll, socket.Socket.SafeHandle, ticket))
            {
                throw SocketFault.Last();
            }
        }
        catch (Exception)
        {
            Forget(socket);
            throw;
        }

        if (socket.Socket.SafeHandle.IsClosed)
        {
            Forget(socket);
        }
    }

    /// <summary>Watches a closed socket no longer. May be called more than once.</summary>
    public void Forget(PolledSocket socket)
    {
        var ticket = Interlocked.Exchange(ref socket.Ticket, NoTicket);
        if (ticket != NoTicket)
        {
            lock (_gate)
            {
                _sockets[SlotOf(ticket)] = null;
                _free.Push(SlotOf(ticket));
            }
        }
    }

    /// <summary>Runs something in the loop's thread once what came meanwhile is done; only for a caller who is in that thread: false elsewhere.</summary>
    public bool TryRunLater(Action continuation)
    {
        if (Thread.CurrentThread != _thread)
        {
            return false;
        }

        _later.Enqueue(continuation);
        return true;
    }

    private static int SlotOf(long ticket) => (int)(uint)ticket;

    private long Keep(PolledSocket socket)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                if (_used == _sockets.Length)
                {
                    Array.Resize(ref _sockets, _used * 2);
                }

                slot = _used++;
            }

            _sockets[slot] = socket;

            // Tells the sockets apart that have a slot one after the other: events of one may still be under way when it is the next one's.
            _generation = _generation == int.MaxValue ? 1 : _generation + 1;
            return ((long)_generation << 32) | (uint)slot;
        }
    }

    private void Run()
    {
        while (true)
        {
            _batch.Wait(_epoll, _later.IsEmpty ? Timeout.InfiniteTimeSpan : TimeSpan.Zero);

            // Odd while there is something to do. The exchange is a barrier: whoever goes to sleep sees it, or is seen.
            Interlocked.Increment(ref _round);
            if (_isAsleep)
            {
                _called.Set();
            }

            HandleAll(_batch, ref _busySince);
            Interlocked.Increment(ref _round);
        }
    }

    private void StandBy()
    {
        var (seen, idle) = (0L, 0);
        while (true)
        {
            // A call that comes late shortens one pause.
            _called.Wait(Patience);
            _called.Reset();
            var round = Interlocked.Read(ref _round);
            if (round != seen)
            {
                (seen, idle) = (round, 0);
            }
            else if (round % 2 != 0)
            {
                Help(round);
            }
            else if (++idle == IdleLooks)
            {
                idle = 0;
                SleepUntilCalled(round);
            }
        }
    }

    /// <summary>Does what is left of a round that takes long, and what comes while it does.</summary>
    private void Help(long round)
    {
        HandleAll(_batch, ref _standbyBusySince);
        while (Interlocked.Read(ref _round) == round)
        {
            _standbyBatch.Wait(_epoll, Patience);
            HandleAll(_standbyBatch, ref _standbyBusySince);
        }
    }

    private void SleepUntilCalled(long round)
    {
        _isAsleep = true;
        Interlocked.MemoryBarrier();
        if (Interlocked.Read(ref _round) == round)
        {
            _called.Wait();
        }

        _isAsleep = false;
    }

    private void HandleAll(EventBatch batch, ref long busySince)
    {
        Volatile.Write(ref busySince, Environment.TickCount64);
        var late = _later.Count;
        while (batch.TryTake(out var ticket, out var events))
        {
            if (Volatile.Read(ref _sockets)[SlotOf(ticket)] is { } socket && Volatile.Read(ref socket.Ticket) == ticket)
            {
                socket.Handle(events);
            }
        }

        // Those that were there before: each of them may come back, behind what else there is.
        while (late-- > 0 && _later.TryDequeue(out var next))
        {
            next();
        }

        Volatile.Write(ref busySince, 0);
    }

    private static bool IsLong(ref long since) =>
        Volatile.Read(ref since) is not 0 and var start && Environment.TickCount64 - start > HungAfter.TotalMilliseconds;
}
