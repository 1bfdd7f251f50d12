using System.Net.Sockets;

namespace AktoDivert.FunctionalTests.Proxy;

/// <summary>A socket whose sends are of a test's making: kept back and sent as one, or cut into pieces.</summary>
internal sealed class HeldStream(Socket socket, Random? cutter = null) : NetworkStream(socket)
{
    private readonly MemoryStream _held = new();
    private bool _isHolding;

    /// <summary>From the write after the next one on nothing is sent.</summary>
    public bool HoldsAfterFirst { get; set; }

    /// <summary>From now on nothing is sent.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Sends what was kept back, in one.</summary>
    public async Task ReleaseAsync()
    {
        await base.WriteAsync(_held.ToArray());
        _held.SetLength(0);
    }

    /// <inheritdoc />
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
            await base.WriteAsync(buffer[..count], cancellationToken);
            buffer = buffer[count..];
        }
    }
}
