using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy;

/// <summary>
/// Connects to a listener as an app would and waits until its accept loop has seen the connection and the thread pool has run what
/// follows. A dead loop, a hung pool or a process out of descriptors makes the probe fail.
/// </summary>
internal sealed class ListenerProbe(TimeProvider time)
{
    private readonly ConcurrentDictionary<EndPoint, TaskCompletionSource> _pending = new();

    /// <summary>Whether an accepted connection comes from a probe; the accept loop then has nothing more to do with it.</summary>
    public bool Claims(EndPoint? remote)
    {
        if (remote is null || !_pending.TryRemove(remote, out var seen))
        {
            return false;
        }

        seen.TrySetResult();
        return true;
    }

    /// <summary>Probes once; false when the listener did not answer within <paramref name="limit"/>.</summary>
    public async Task<bool> RunAsync(IPEndPoint listener, TimeSpan limit, CancellationToken stopping)
    {
        using var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        EndPoint? local = null;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        try
        {
            // Bound first, so that the accept loop can tell the probe from an app at once.
            socket.Bind(new IPEndPoint(listener.Address, 0));
            local = socket.LocalEndPoint!;
            _pending[local] = seen;
            await socket.ConnectAsync(listener, either.Token);
            await seen.Task.WaitAsync(either.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The accept loop may claim and reset the connection before this side has noticed that it stands: that is an answer too.
            return seen.Task.IsCompletedSuccessfully;
        }
        finally
        {
            if (local is not null)
            {
                _pending.TryRemove(local, out _);
            }

            // RST leaves no TIME_WAIT behind, once a second.
            socket.Reset();
        }
    }
}
