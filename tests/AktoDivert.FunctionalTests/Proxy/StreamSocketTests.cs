using System.Net;
using System.Net.Sockets;
using AktoDivert.Proxy.Transport;
using AktoDivert.Proxy.Transport.Linux;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>Both kinds of sockets that the data path knows: the runtime's and, on Linux, our event loop's.</summary>
[TestClass]
public sealed class StreamSocketTests
{
    private static readonly byte[] Byte = new byte[1];

    public static IEnumerable<object[]> Kinds => OperatingSystem.IsLinux() ? [["polled"], ["runtime"]] : [["runtime"]];

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Bytes_and_the_end_behind_them_are_received_in_pieces(string kind)
    {
        using var pair = await ConnectedPair.CreateAsync(kind);
        await pair.Peer.SendAsync(new byte[] { 1, 2, 3, 4, 5 });
        pair.Peer.Shutdown(SocketShutdown.Send);

        var buffer = new byte[2];
        var received = new List<byte>();
        int count;
        while ((count = await pair.ReceiveAsync(buffer)) > 0)
        {
            received.AddRange(buffer.AsSpan(0, count));
        }

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5 }, received);
        Assert.AreEqual(0, await pair.ReceiveAsync(buffer), "the end stays");
        Assert.AreEqual(0, await pair.ReceiveAsync(Memory<byte>.Empty), "and need not be waited for");
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Waiting_without_a_buffer_takes_nothing(string kind)
    {
        using var pair = await ConnectedPair.CreateAsync(kind);
        var waiting = pair.Socket.ReceiveAsync(Memory<byte>.Empty).AsTask();
        Assert.IsFalse(waiting.IsCompleted);
        await pair.Peer.SendAsync(new byte[3]);
        Assert.AreEqual(0, await waiting.WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(3, await pair.ReceiveAsync(new byte[8]));
        Assert.IsFalse(pair.Socket.ReceiveAsync(Memory<byte>.Empty).AsTask().IsCompleted, "nothing more is there");
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task A_receive_that_was_given_up_loses_nothing(string kind)
    {
        using var pair = await ConnectedPair.CreateAsync(kind);
        using var giveUp = new CancellationTokenSource();
        var waiting = pair.Socket.ReceiveAsync(new byte[8], giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.WaitAsync(ProxyUnderTest.Patience));
        await pair.Peer.SendAsync(new byte[5]);
        Assert.AreEqual(5, await pair.ReceiveAsync(new byte[8]));
        await Assert.ThrowsAsync<OperationCanceledException>(() => pair.Socket.ReceiveAsync(new byte[8], giveUp.Token).AsTask());
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task What_waits_fails_when_we_close(string kind)
    {
        using var pair = await ConnectedPair.CreateAsync(kind);
        var receiving = pair.Socket.ReceiveAsync(new byte[8]).AsTask();
        var sending = SendForeverAsync(pair.Socket);
        pair.Socket.Reset();
        Assert.IsTrue(await FailsAsTransportAsync(receiving));
        Assert.IsTrue(await FailsAsTransportAsync(sending));
        Assert.IsTrue(await FailsAsTransportAsync(Task.Run(async () => { _ = await pair.Socket.ReceiveAsync(Byte); })));
        Assert.IsTrue(await FailsAsTransportAsync(Task.Run(async () => await pair.Socket.SendAsync(Byte))));
        pair.Socket.FinishSending();
        pair.Socket.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task A_reset_by_the_peer_is_a_socket_fault(string kind)
    {
        using var pair = await ConnectedPair.CreateAsync(kind);
        var receiving = pair.Socket.ReceiveAsync(new byte[8]).AsTask();
        pair.Peer.Reset();
        var fault = await Assert.ThrowsAsync<SocketException>(() => receiving.WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(SocketError.ConnectionReset, fault.SocketErrorCode);
        fault = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await pair.Socket.SendAsync(Byte);
            await pair.Socket.SendAsync(Byte);
        });
        Assert.AreEqual(SocketError.Shutdown, fault.SocketErrorCode, "EPIPE, and no signal");
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Connecting_tells_why_it_failed(string kind)
    {
        using var closed = BoundSocket();
        using var socket = TcpSocket();
        var fault = await Assert.ThrowsAsync<SocketException>(
            () => ConnectAsync(kind, socket, closed, CancellationToken.None).WaitAsync(ProxyUnderTest.Patience));
        Assert.AreEqual(SocketError.ConnectionRefused, fault.SocketErrorCode);
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Connecting_can_be_given_up(string kind)
    {
        // A listener whose queue is full answers no further SYN.
        using var full = BoundSocket();
        full.Listen(0);
        using var giveUp = new CancellationTokenSource();
        var sockets = Enumerable.Range(0, 4).Select(_ => TcpSocket()).ToList();
        var attempts = sockets.Select(socket => ConnectAsync(kind, socket, full, giveUp.Token)).ToList();
        await giveUp.CancelAsync();
        Assert.IsTrue(await FailsAsTransportAsync(attempts[^1]), "the last one had no room");
        sockets.ForEach(socket => socket.Dispose());
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public async Task Many_streams_both_ways_at_once_arrive_unchanged(string kind)
    {
        var streams = Enumerable.Range(0, 40).Select(async seed =>
        {
            using var pair = await ConnectedPair.CreateAsync(kind);
            var (up, down) = (RandomBytes(seed), RandomBytes(~seed));
            var sending = SendInPiecesAsync(pair.Socket, up, new(seed));
            var receiving = ReceiveAllAsync(pair.Socket, new(seed));
            var peer = new NetworkStream(pair.Peer);
            var answering = Task.Run(async () =>
            {
                await peer.WriteAsync(down);
                pair.Peer.Shutdown(SocketShutdown.Send);
            });
            var atPeer = new MemoryStream();
            await peer.CopyToAsync(atPeer);
            await Task.WhenAll(sending, answering);
            CollectionAssert.AreEqual(up, atPeer.ToArray());
            CollectionAssert.AreEqual(down, await receiving);
        });
        await Task.WhenAll(streams).WaitAsync(ProxyUnderTest.Patience);
    }

    [TestMethod]
    public async Task A_closed_sockets_events_never_reach_the_next_one()
    {
        RequireEventLoop();

        // Descriptors and places are used again at once, while the old connection's end is under way.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var round = 0; round < 300; round++)
            {
                using var pair = await ConnectedPair.CreateAsync("polled");
                var waiting = pair.Socket.ReceiveAsync(new byte[4]).AsTask();
                await pair.Peer.SendAsync(Byte);
                Assert.AreEqual(1, await waiting.WaitAsync(ProxyUnderTest.Patience));
                pair.Peer.Dispose();
            }
        }));
    }

    [TestMethod]
    public async Task What_keeps_the_thread_of_the_sockets_keeps_no_other_socket()
    {
        RequireEventLoop();

        using var slow = await ConnectedPair.CreateAsync("polled");
        using var other = await ConnectedPair.CreateAsync("polled");
        using var release = new ManualResetEventSlim();
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var keeping = KeepThreadAsync(slow.Socket, kept, release);
        await slow.Peer.SendAsync(Byte);
        await kept.Task.WaitAsync(ProxyUnderTest.Patience);
        for (var i = 0; i < 3; i++)
        {
            var waiting = other.ReceiveAsync(new byte[4]);
            await other.Peer.SendAsync(Byte);
            Assert.AreEqual(1, await waiting);
        }

        Assert.IsFalse(keeping.IsCompleted, "the thread was kept all the time");
        release.Set();
        await keeping.WaitAsync(ProxyUnderTest.Patience);
    }

    [TestMethod]
    public async Task Who_lets_others_go_first_goes_on_behind_them()
    {
        RequireEventLoop();

        using var busy = await ConnectedPair.CreateAsync("polled");
        using var other = await ConnectedPair.CreateAsync("polled");
        var (turns, turnsInLoop, isOver) = (0, 0, false);
        var working = WorkAsync();
        await busy.Peer.SendAsync(Byte);
        for (var i = 0; i < 20; i++)
        {
            var before = Volatile.Read(ref turns);
            var waiting = other.ReceiveAsync(new byte[4]);
            await other.Peer.SendAsync(Byte);
            Assert.AreEqual(1, await waiting);
            await ListenerTests.UntilAsync(() => Volatile.Read(ref turns) > before);
        }

        Volatile.Write(ref isOver, true);
        await working.WaitAsync(ProxyUnderTest.Patience);
        Assert.IsGreaterThan(0, turnsInLoop);

        async Task WorkAsync()
        {
            await busy.Socket.WaitForMoreAsync();
            while (!Volatile.Read(ref isOver))
            {
                await busy.Socket.LetOthers();
                turnsInLoop += Thread.CurrentThread.Name == "Sockets" ? 1 : 0;
                Interlocked.Increment(ref turns);
            }
        }
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task Sockets_hang_when_both_threads_are_kept()
    {
        RequireEventLoop();

        using var release = new ManualResetEventSlim();
        using var first = await ConnectedPair.CreateAsync("polled");
        using var second = await ConnectedPair.CreateAsync("polled");
        var keeping = new List<Task>();
        try
        {
            foreach (var pair in new[] { first, second })
            {
                Assert.IsFalse(StreamSocket.AreHung);
                var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                keeping.Add(KeepThreadAsync(pair.Socket, kept, release));
                await pair.Peer.SendAsync(Byte);
                await kept.Task.WaitAsync(ProxyUnderTest.Patience);
            }

            await ListenerTests.UntilAsync(() => StreamSocket.AreHung);
        }
        finally
        {
            release.Set();
        }

        await Task.WhenAll(keeping).WaitAsync(ProxyUnderTest.Patience);
        await ListenerTests.UntilAsync(() => !StreamSocket.AreHung);
    }

    [TestMethod]
    public async Task Sockets_that_are_over_are_watched_no_longer()
    {
        RequireEventLoop();

        using var closed = BoundSocket();
        var before = EventLoop.Shared.Count;
        for (var i = 0; i < 50; i++)
        {
            using var pair = await ConnectedPair.CreateAsync("polled");
            using var socket = TcpSocket();
            await Assert.ThrowsAsync<SocketException>(() => ConnectAsync("polled", socket, closed, CancellationToken.None));
        }

        // Other tests open and close sockets too; what would stay is fifty or a hundred.
        Assert.IsLessThan(before + 50, EventLoop.Shared.Count);
    }

    private static void RequireEventLoop()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("the event loop is for Linux");
        }
    }

    private static Socket TcpSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static Socket BoundSocket()
    {
        var socket = TcpSocket();
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static async Task<StreamSocket> ConnectAsync(string kind, Socket socket, Socket destination, CancellationToken cancellationToken)
    {
        var address = (IPEndPoint)destination.LocalEndPoint!;
        return kind == "polled"
            ? await PolledSocket.ConnectAsync(socket, address, cancellationToken)
            : await RuntimeSocket.ConnectAsync(socket, address, cancellationToken);
    }

    /// <summary>Keeps the thread that serves a socket from its first byte until it is released.</summary>
    private static async Task KeepThreadAsync(StreamSocket socket, TaskCompletionSource kept, ManualResetEventSlim release)
    {
        await socket.ReceiveAsync(Memory<byte>.Empty);
        kept.SetResult();
        release.Wait();
    }

    private static byte[] RandomBytes(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(1, 3_000_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task SendInPiecesAsync(StreamSocket socket, ReadOnlyMemory<byte> bytes, Random random)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, random.Next(1, 200_000));
            await socket.SendAsync(bytes[..count]);
            bytes = bytes[count..];
        }

        socket.FinishSending();
    }

    private static async Task<byte[]> ReceiveAllAsync(StreamSocket socket, Random random)
    {
        var received = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            await socket.ReceiveAsync(Memory<byte>.Empty);
            var count = await socket.ReceiveAsync(buffer.AsMemory(0, random.Next(1, buffer.Length)));
            if (count == 0)
            {
                return received.ToArray();
            }

            received.Write(buffer, 0, count);
        }
    }

    private static async Task SendForeverAsync(StreamSocket socket)
    {
        var bytes = new byte[1 << 20];
        while (true)
        {
            await socket.SendAsync(bytes);
        }
    }

    private static async Task<bool> FailsAsTransportAsync(Task task)
    {
        try
        {
            await task.WaitAsync(ProxyUnderTest.Patience);
            return false;
        }
        catch (Exception e)
        {
            return TransportFault.Is(e);
        }
    }

    private sealed record ConnectedPair(StreamSocket Socket, Socket Peer) : IDisposable
    {
        public static async Task<ConnectedPair> CreateAsync(string kind)
        {
            using var listener = BoundSocket();
            listener.Listen();
            var peer = TcpSocket();
            await peer.ConnectAsync(listener.LocalEndPoint!);
            var accepted = await listener.AcceptAsync();
            return new(kind == "polled" && OperatingSystem.IsLinux() ? PolledSocket.Over(accepted) : new RuntimeSocket(accepted), peer);
        }

        public async Task<int> ReceiveAsync(Memory<byte> buffer) => await Socket.ReceiveAsync(buffer).AsTask().WaitAsync(ProxyUnderTest.Patience);

        public void Dispose()
        {
            Socket.Dispose();
            Peer.Dispose();
        }
    }
}
