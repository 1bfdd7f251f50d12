using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>Events that came at once, for one thread to wait for and any to take. It lives as long as the process.</summary>
internal sealed unsafe class EventBatch
{
    private const int Most = 256;

    // struct epoll_event is packed on x86-64 only (epoll_ctl(2)).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventSize = DataOffset + sizeof(long);

    private readonly byte* _events = (byte*)NativeMemory.Alloc((nuint)(Most * EventSize));
    private readonly Lock _gate = new();
    private int _next;
    private int _count;

    /// <summary>Has epoll report a socket's edges with a ticket; false when it cannot, with errno set.</summary>
    public static bool Watch(SafeHandle epoll, SafeHandle socket, long ticket)
    {
        const uint Events = LibC.EpollIn | LibC.EpollOut | LibC.EpollPeerEnded | LibC.EpollEdge;
        var added = stackalloc byte[EventSize];
        *(uint*)added = Events;
        *(long*)(added + DataOffset) = ticket;
        return LibC.epoll_ctl(epoll, LibC.EpollAdd, socket, added) == 0;
    }

    /// <summary>Waits for events. There may be none, when the time is up or a signal came. Those before must have been taken.</summary>
    public void Wait(SafeHandle epoll, TimeSpan most)
    {
        var count = LibC.epoll_wait(epoll, _events, Most, (int)most.TotalMilliseconds);
        lock (_gate)
        {
            (_next, _count) = (0, Math.Max(count, 0));
        }
    }

    /// <summary>Takes one; false when none is left.</summary>
    public bool TryTake(out long ticket, out uint events)
    {
        lock (_gate)
        {
            if (_next == _count)
            {
                (ticket, events) = (0, 0);
                return false;
            }

            var at = _events + (_next++ * EventSize);
            (ticket, events) = (*(long*)(at + DataOffset), *(uint*)at);
            return true;
        }
    }
}
