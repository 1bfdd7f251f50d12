using System.Net;
using System.Net.Sockets;
using AktoDivert.Core.Flows;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// The local ports that connections to original destinations come from, so that an engine knows them without looking. A pair of port and
/// destination rests before it is used again, because the server may still hold the old connection in TIME_WAIT. When no port is to be had
/// the connection takes any, and the engine tells it by its process.
/// </summary>
internal sealed class UpstreamPorts
{
    private const int Attempts = 64;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(120);

    private readonly int _first;
    private readonly (IPEndPoint? Destination, long Used)[] _last;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private int _next;

    /// <summary>Makes an allocator.</summary>
    /// <param name="first">First port.</param>
    /// <param name="last">Last port.</param>
    /// <param name="time">The clock of the rest.</param>
    public UpstreamPorts(int first, int last, TimeProvider time)
    {
        (_first, _time) = (first, time);
        _last = new (IPEndPoint?, long)[last - first + 1];
    }

    /// <summary>What an engine asks for; null when any port will do.</summary>
    public static UpstreamPorts? For(ProxyPlacement placement, TimeProvider time) =>
        placement.FirstUpstreamPort == 0 ? null : new(placement.FirstUpstreamPort, placement.LastUpstreamPort, time);

    /// <summary>Binds a socket that is about to connect to <paramref name="destination"/>.</summary>
    public void Bind(Socket socket, IPEndPoint destination)
    {
        var any = destination.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                if (TryTake(destination) is { } port)
                {
                    socket.Bind(new IPEndPoint(any, port));
                    return;
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another program's, or one of ours that still closes.
            }
        }
    }

    private int? TryTake(IPEndPoint destination)
    {
        lock (_gate)
        {
            var at = _next;
            _next = (_next + 1) % _last.Length;
            var (before, used) = _last[at];
            if (destination.Equals(before) && _time.GetElapsedTime(used) < Rest)
            {
                return null;
            }

            _last[at] = (destination, _time.GetTimestamp());
            return _first + at;
        }
    }
}
