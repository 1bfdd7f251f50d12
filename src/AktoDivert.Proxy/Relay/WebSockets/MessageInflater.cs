using System.IO.Compression;
using AktoDivert.Core.Content;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>
/// Inflates the messages of one direction under permessage-deflate (RFC 7692 section 7.2.2), keeping the window between them when agreed.
/// </summary>
internal sealed class MessageInflater(bool keepsContext, int maxMessageBytes) : IDisposable
{
    private readonly FedStream _compressed = new();
    private readonly byte[] _piece = new byte[4096];
    private DeflateStream? _inflate;
    private long _messageBytes;

    /// <summary>Inflates part of a message into <paramref name="target"/>; returns the cause when it cannot.</summary>
    public OpaqueCause? Append(ReadOnlySpan<byte> compressed, CapturedBody target)
    {
        while (!compressed.IsEmpty)
        {
            var piece = compressed[..Math.Min(compressed.Length, _compressed.Capacity)];
            compressed = compressed[piece.Length..];
            if (Inflate(piece, target) is { } cause)
            {
                return cause;
            }
        }

        return null;
    }

    /// <summary>Ends a message: the sender left out the empty block's last four bytes (section 7.2.1).</summary>
    public OpaqueCause? EndMessage(CapturedBody target)
    {
        var cause = Inflate([0x00, 0x00, 0xff, 0xff], target);
        _messageBytes = 0;
        if (!keepsContext)
        {
            _inflate?.Dispose();
            _inflate = null;
        }

        return cause;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _inflate?.Dispose();
        _compressed.Dispose();
    }

    private OpaqueCause? Inflate(ReadOnlySpan<byte> piece, CapturedBody target)
    {
        _inflate ??= new DeflateStream(_compressed, CompressionMode.Decompress, leaveOpen: true);
        _compressed.Give(piece);
        try
        {
            int count;
            while ((count = _inflate.Read(_piece)) > 0)
            {
                _messageBytes += count;
                if (_messageBytes > maxMessageBytes)
                {
                    return OpaqueCause.WebSocketInflateLimit;
                }

                target.Append(_piece.AsSpan(0, count));
            }
        }
        catch (InvalidDataException)
        {
            return OpaqueCause.WebSocketDeflate;
        }

        // A final block ends the deflate stream, and what follows it would need another window.
        return _compressed.Unread == 0 ? null : OpaqueCause.WebSocketDeflate;
    }
}
