using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// One direction of a conversation between verdict and wire: messages that were judged and wait for later ones stand here in their order, with
/// what came between them. Not thread-safe.
/// </summary>
/// <param name="reader">Frames what passes otherwise than it came.</param>
/// <param name="pass">Passes the oldest bytes: those given in their place, or as they came where nothing is.</param>
internal sealed class HeldMessages(IMessageReader reader, Action<HeldMessage, ReadOnlyMemory<byte>?> pass)
{
    private readonly Queue<HeldMessage> _waiting = new();

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Bytes on the wire that wait.</summary>
    public long WireBytes { get; private set; }

    /// <summary>Passes what is not judged, in its turn.</summary>
    public void PassUnjudged(in HeldMessage piece)
    {
        if (IsEmpty)
        {
            pass(piece, Instead(piece));
        }
        else
        {
            Wait(piece);
        }
    }

    /// <summary>Carries out what the guard said of a message.</summary>
    public void Carry(in HeldMessage message, GuardDecision decision)
    {
        if (decision.Blocks)
        {
            Drop();
            reader.Withhold();
            pass(message, ReadOnlyMemory<byte>.Empty);
        }
        else if (decision.Passes is { } passes)
        {
            Wait(message);
            Pass(passes);
        }
        else
        {
            // The guard failed and forgot them, or nothing waits.
            PassRest();
            Pass(message, decision.Replacement ?? message.Payload);
        }
    }

    /// <summary>Carries out what the guard said when the wait was over.</summary>
    public void Release(GuardDecision decision)
    {
        if (decision.Blocks)
        {
            Drop();
        }
        else
        {
            Pass(decision.Passes ?? []);
            PassRest();
        }
    }

    private static ReadOnlyMemory<byte>? Instead(in HeldMessage piece) => piece.Drop ? ReadOnlyMemory<byte>.Empty : default(ReadOnlyMemory<byte>?);

    private void Wait(in HeldMessage piece)
    {
        _waiting.Enqueue(piece);
        WireBytes += piece.WireBytes;
    }

    private bool TryTake(out HeldMessage oldest)
    {
        var taken = _waiting.TryDequeue(out oldest);
        WireBytes -= taken ? oldest.WireBytes : 0;
        return taken;
    }

    private void PassRest()
    {
        while (TryTake(out var oldest))
        {
            Pass(oldest, oldest.Payload);
        }
    }

    private void Pass(IReadOnlyList<ReadOnlyMemory<byte>> payloads)
    {
        var next = 0;
        while (_waiting.TryPeek(out var oldest) && (!oldest.Judge || next < payloads.Count))
        {
            TryTake(out _);
            Pass(oldest, oldest.Judge ? payloads[next++] : default);
        }
    }

    private void Pass(in HeldMessage message, ReadOnlyMemory<byte> payload) => pass(
        message,
        !message.Judge ? Instead(message)
            : message.Complete && !payload.Span.SequenceEqual(message.Payload.Span) ? reader.Replace(message, payload.Span) : reader.Reframe(message));

    // Pings and pongs that came between them are no part of what is blocked.
    private void Drop()
    {
        while (TryTake(out var piece))
        {
            if (piece.Judge)
            {
                reader.Withhold();
            }

            pass(piece, piece.Judge ? ReadOnlyMemory<byte>.Empty : Instead(piece));
        }
    }
}
