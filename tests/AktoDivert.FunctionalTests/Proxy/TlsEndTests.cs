using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>The ends of intercepted connections, of each kind, against the runtime's own TLS and OpenSSL's tool.</summary>
[TestClass]
public sealed class TlsEndTests
{
    private const int Records = 40;
    private const int RecordBytes = 500;

    [TestMethod]
    public async Task Sessions_of_TLS_1_3_are_taken_from_the_socket_on_Linux()
    {
        foreach (var kind in TlsPair.Kinds.Select(k => (string)k[0]))
        {
            using var pair = await TlsPair.CreateAsync(kind);
            Assert.AreEqual(kind == TlsPair.OnSocket ? typeof(SocketTlsEnd) : typeof(StreamTlsEnd), pair.End.GetType(), kind);
        }
    }

    /// <summary>
    /// A close_notify is sent while the other side's bytes come in, at another moment each time. Without turns about one in thirty of these
    /// fails, and some thousands of them end the process: both go to one OpenSSL object.
    /// </summary>
    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task An_end_beside_a_read_loses_nothing(string kind)
    {
        var random = new Random(1);
        for (var round = 0; round < 200; round++)
        {
            using var pair = await TlsPair.CreateAsync(kind);
            var sending = Task.Run(async () =>
            {
                var record = new byte[RecordBytes];
                for (var i = 0; i < Records; i++)
                {
                    await pair.Peer.WriteAsync(record);
                }

                await pair.Peer.ShutdownAsync();
            });
            var reading = Task.Run(() => TlsPair.ReadAllAsync(pair.End, random));
            Thread.SpinWait(random.Next(3000));
            await pair.End.SendCloseNotifyAsync();
            await sending.WaitAsync(ProxyUnderTest.Patience);
            Assert.HasCount(Records * RecordBytes, await reading.WaitAsync(ProxyUnderTest.Patience), $"round {round}");
            Assert.AreEqual(0, await ReadAsync(pair.Peer, new byte[1]), "the end comes as close_notify: the socket is open still");
        }
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task Many_sessions_both_ways_at_once_arrive_unchanged(string kind)
    {
        var sessions = Enumerable.Range(0, 24).Select(async seed =>
        {
            // Handshake and records come in pieces of any size where the peer's socket is cut.
            using var pair = await TlsPair.CreateAsync(kind, isServer: seed % 2 == 0, s => new HeldStream(s, seed % 3 == 0 ? new Random(seed) : null));
            var (up, down) = (RandomBytes(seed), RandomBytes(~seed));
            var writing = WriteInPiecesAsync(pair.End, up, new(seed));
            var reading = TlsPair.ReadAllAsync(pair.End, new(seed));
            var answering = Task.Run(() => pair.Peer.WriteAsync(down).AsTask());
            var atPeer = new MemoryStream();
            await pair.Peer.CopyToAsync(atPeer);
            await Task.WhenAll(writing, answering);

            // Not before: the runtime ends a session without keeping its reads from the same OpenSSL object.
            await pair.Peer.ShutdownAsync();
            CollectionAssert.AreEqual(up, atPeer.ToArray());
            CollectionAssert.AreEqual(down, await reading);
        });
        await Task.WhenAll(sessions).WaitAsync(ProxyUnderTest.Patience);
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.KindsOfTls13), typeof(TlsPair))]
    public async Task What_comes_in_one_with_the_end_of_the_handshake_is_read(string kind)
    {
        // The ClientHello passes; Finished and what follows is kept back and comes in one.
        var (socket, peerSocket) = await TlsPair.ConnectAsync(kind);
        var held = new HeldStream(peerSocket) { HoldsAfterFirst = true };
        using var peer = new SslStream(held);
        var shaking = TlsPair.ShakeHandsAsync(kind, socket, isServer: true);
        await peer.AuthenticateAsClientAsync(TlsPair.Client(kind)).WaitAsync(ProxyUnderTest.Patience);
        var sent = RandomBytes(2);
        await peer.WriteAsync(sent);
        await peer.ShutdownAsync();
        var sending = held.ReleaseAsync();
        using var end = await shaking;
        CollectionAssert.AreEqual(sent, await TlsPair.ReadAllAsync(end, new(0)).WaitAsync(ProxyUnderTest.Patience));
        await sending;
        peerSocket.Dispose();
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task A_write_that_must_wait_keeps_no_read(string kind)
    {
        using var pair = await TlsPair.CreateAsync(kind);
        var sent = RandomBytes(3, 16_000_000);
        var writing = pair.End.WriteAsync(sent).AsTask();
        Assert.IsFalse(writing.IsCompleted, "the peer reads nothing");
        await pair.Peer.WriteAsync("still"u8.ToArray());
        Assert.AreEqual("still", Encoding.ASCII.GetString(await ReadAsync(pair.End, 100)));
        var received = new byte[sent.Length];
        await pair.Peer.ReadExactlyAsync(received).AsTask().WaitAsync(ProxyUnderTest.Patience);
        await writing.WaitAsync(ProxyUnderTest.Patience);
        CollectionAssert.AreEqual(sent, received);
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task What_did_not_fit_is_there_without_waiting(string kind)
    {
        using var pair = await TlsPair.CreateAsync(kind);
        await pair.Peer.WriteAsync("abc"u8.ToArray());
        foreach (var expected in "abc")
        {
            await pair.End.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(ProxyUnderTest.Patience);
            Assert.AreEqual($"{expected}", Encoding.ASCII.GetString(await ReadAsync(pair.End, 1)));
        }

        var waiting = pair.End.ReadAsync(Memory<byte>.Empty).AsTask();
        Assert.IsFalse(waiting.IsCompleted, "nothing more is there");
        await pair.Peer.WriteAsync("d"u8.ToArray());
        await waiting.WaitAsync(ProxyUnderTest.Patience);
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task Ends_are_told_from_faults(string kind)
    {
        // A record that nobody with the keys has made; the peer's socket is written to beneath its TLS.
        var forged = new byte[64];
        forged[0] = 23;
        BinaryPrimitives.WriteUInt16BigEndian(forged.AsSpan(1), 0x0303);
        BinaryPrimitives.WriteUInt16BigEndian(forged.AsSpan(3), 59);
        using (var pair = await TlsPair.CreateAsync(kind))
        {
            await pair.PeerSocket.SendAsync(forged);
            var fault = await FaultOfAsync(ReadAsync(pair.End, 10));
            Assert.Contains("error:0A", fault.ToString(), "OpenSSL's own words");
        }

        // A stream loses what comes in one with it.
        HeldStream? held = null;
        using (var pair = await TlsPair.CreateAsync(kind, sends: socket => held = new HeldStream(socket)))
        {
            held!.Hold();
            await pair.Peer.WriteAsync("abc"u8.ToArray());
            await held.WriteAsync(forged);
            await held.ReleaseAsync();
            if (kind == TlsPair.OnSocket)
            {
                Assert.HasCount(3, await ReadAsync(pair.End, 10));
                await pair.End.ReadAsync(Memory<byte>.Empty).AsTask().WaitAsync(ProxyUnderTest.Patience);
            }

            Assert.Contains("error:0A", (await FaultOfAsync(ReadAsync(pair.End, 10))).ToString());
        }

        using (var pair = await TlsPair.CreateAsync(kind))
        {
            await pair.PeerSocket.SendAsync(forged.AsMemory(0, 20));
            pair.PeerSocket.Shutdown(SocketShutdown.Send);
            Assert.IsInstanceOfType<IOException>(await FaultOfAsync(ReadAsync(pair.End, 10)), "the end cuts a record");
        }

        using (var pair = await TlsPair.CreateAsync(kind))
        {
            pair.PeerSocket.Shutdown(SocketShutdown.Send);
            Assert.IsEmpty(await ReadAsync(pair.End, 10), "the end between two records");
            await pair.End.WriteAsync("half-closed"u8.ToArray());
            Assert.AreEqual(11, await ReadAsync(pair.Peer, new byte[20]), "the other direction goes on");
        }

        using (var pair = await TlsPair.CreateAsync(kind))
        {
            pair.PeerSocket.Reset();
            var fault = await FaultOfAsync(ReadAsync(pair.End, 10));
            Assert.IsInstanceOfType<SocketException>(fault.InnerException, fault.ToString());
            await pair.End.SendCloseNotifyAsync();
        }
    }

    [TestMethod]
    [DynamicData(nameof(TlsPair.Kinds), typeof(TlsPair))]
    public async Task An_end_may_be_reset_and_freed_beside_whatever_runs(string kind)
    {
        var random = new Random(4);
        for (var round = 0; round < 100; round++)
        {
            using var pair = await TlsPair.CreateAsync(kind);
            var running = new[]
            {
                Task.Run(() => TlsPair.ReadAllAsync(pair.End, new(0))),
                Task.Run(async () =>
                {
                    while (true)
                    {
                        await pair.End.WriteAsync(new byte[100_000]);
                    }
                }),
                Task.Run(() => pair.Peer.CopyToAsync(Stream.Null)),
                Task.Run(async () =>
                {
                    while (true)
                    {
                        await pair.Peer.WriteAsync(new byte[1000]);
                    }
                }),
            };
            Thread.SpinWait(random.Next(1_000_000));
            pair.End.Socket.Reset();
            if (kind == TlsPair.OnSocket)
            {
                // A stream may say then that it was never authenticated; the proxy frees an end when nothing runs on it any more.
                pair.End.Dispose();
            }

            await FaultOfAsync(running[0]);
            await FaultOfAsync(running[1]);
            pair.Peer.Dispose();
            await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(ProxyUnderTest.Patience);
        }
    }

    /// <summary>RFC 8446 section 4.6.3: the tool asks for new keys of both sides, which only our next write shows.</summary>
    [TestMethod]
    public async Task Keys_may_change()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("needs the tool of OpenSSL");
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var tool = Process.Start(new ProcessStartInfo("openssl", ["s_client", "-connect", $"{listener.LocalEndpoint}", "-tls1_3"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var end = await TlsPair.ShakeHandsAsync(
            TlsPair.OnSocket, TlsPair.Over(TlsPair.OnSocket, await listener.AcceptSocketAsync()), isServer: true);
        for (var i = 0; i < 5; i++)
        {
            await tool.StandardInput.WriteAsync("K\n");
            await tool.StandardInput.FlushAsync();
            await UntilLineAsync(tool.StandardError, "KEYUPDATE");
            await tool.StandardInput.WriteAsync($"to {i}\n");
            await tool.StandardInput.FlushAsync();
            Assert.AreEqual($"to {i}\n", Encoding.ASCII.GetString(await ReadAsync(end, 100)));
            await end.WriteAsync(Encoding.ASCII.GetBytes($"from {i}\n"));
            await UntilLineAsync(tool.StandardOutput, $"from {i}");
        }

        tool.Kill();
    }

    private static async Task UntilLineAsync(StreamReader output, string expected)
    {
        string? line;
        do
        {
            line = await output.ReadLineAsync().WaitAsync(ProxyUnderTest.Patience);
            Assert.IsNotNull(line, $"the tool ended before '{expected}'");
        }
        while (line != expected);
    }

    private static async Task<int> ReadAsync(SslStream peer, byte[] buffer) => await peer.ReadAsync(buffer).AsTask().WaitAsync(ProxyUnderTest.Patience);

    private static async Task<byte[]> ReadAsync(TlsEnd end, int most)
    {
        var buffer = new byte[most];
        return buffer[..await end.ReadAsync(buffer).AsTask().WaitAsync(ProxyUnderTest.Patience)];
    }

    private static async Task<Exception> FaultOfAsync(Task task)
    {
        var fault = await Assert.ThrowsAsync<Exception>(() => task.WaitAsync(ProxyUnderTest.Patience));
        Assert.IsTrue(TransportFault.Is(fault), fault.ToString());
        return fault;
    }

    private static byte[] RandomBytes(int seed, int most = 1_000_000)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(most / 2, most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task WriteInPiecesAsync(TlsEnd end, ReadOnlyMemory<byte> bytes, Random random)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, random.Next(1, 200_000));
            await end.WriteAsync(bytes[..count]);
            bytes = bytes[count..];
        }

        await end.SendCloseNotifyAsync();
    }
}
