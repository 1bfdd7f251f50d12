using System.Net.Sockets;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>A socket whose sends are of a test's making: kept back and sent as one, or cut into pieces.</summary>
internal sealed class HeldStream(Socket socket, Random? cutter = null) : Stream
{
    private readonly MemoryStream _held = new();
    private bool _isHolding;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>From the write after the next one on nothing is sent.</summary>
    public bool HoldsAfterFirst { get; set; }

    /// <summary>From now on nothing is sent.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Sends what was kept back, in one.</summary>
    public async Task ReleaseAsync()
    {
        await socket.SendAsync(_held.ToArray());
        _held.SetLength(0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isHolding)
        {
            _held.Write(buffer.Span);
            return;
        }

        _isHolding = HoldsAfterFirst;
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, cutter?.Next(1, 200) ?? buffer.Length);
            count = await socket.SendAsync(buffer[..count], SocketFlags.None, cancellationToken);
            buffer = buffer[count..];
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
