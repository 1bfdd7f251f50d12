namespace AktoDivert.Proxy.Relay.Http2.Gate;

/// <summary>
/// What one direction of a stream still has to send. Bytes may wait for a verdict or for a window; order is kept whatever they wait for.
/// </summary>
internal sealed class HeldQueue
{
    /// <summary>No limit on what may pass.</summary>
    public const long All = long.MaxValue / 2;

    private readonly Queue<HeldFrame> _frames = new();

    /// <summary>Body bytes that may pass; those behind wait for a verdict.</summary>
    public long Allowed { get; set; } = All;

    /// <summary>Whether nothing may pass at all, trailers and empty frames included.</summary>
    public bool Stopped { get; set; }

    /// <summary>Whether the stream stands in its side's list of streams to drain.</summary>
    public bool Listed { get; set; }

    public bool IsEmpty => _frames.Count == 0;

    /// <summary>Bytes of DATA that wait, padding included.</summary>
    public long Payload { get; private set; }

    /// <summary>Body bytes that wait.</summary>
    public long Body { get; private set; }

    /// <summary>Received bytes whose credit is due when what stands before them is sent.</summary>
    public long Credits => _frames.Sum(static f => (long)f.Credit);

    /// <summary>Bytes that wait for a verdict.</summary>
    public long Judged => Stopped ? Payload : Math.Max(0, Body - Allowed);

    public HeldFrame Peek() => _frames.Peek();

    public void Enqueue(HeldFrame frame)
    {
        _frames.Enqueue(frame);
        Payload += frame.Payload;
        Body += frame.Body.Length;
    }

    /// <summary>Takes off the first frame, which is sent.</summary>
    public void Dequeue() => _frames.Dequeue();

    /// <summary>Body bytes of the first frame were sent.</summary>
    public void Sent(int body, int padding)
    {
        Payload -= body + padding;
        Body -= body;
        Allowed -= Allowed < All / 2 ? body : 0;
    }

    /// <summary>Empties the queue; the caller settles the ledger. Returns the payload and the credits that were in it.</summary>
    public (long Payload, long Credits) Clear()
    {
        var result = (Payload, Credits);
        _frames.Clear();
        (Payload, Body) = (0, 0);
        return result;
    }

    /// <summary>Copies all body bytes that wait.</summary>
    public byte[] CopyBody()
    {
        var body = new byte[Body];
        var at = 0;
        foreach (var frame in _frames)
        {
            frame.Body.CopyTo(body.AsSpan(at));
            at += frame.Body.Length;
        }

        return body;
    }

    /// <summary>Lets as many more bytes pass as <paramref name="bytes"/> has, in their place.</summary>
    public void Allow(ReadOnlySpan<byte> bytes)
    {
        var skip = Allowed;
        foreach (var frame in _frames)
        {
            var body = frame.Body;
            if (skip >= body.Length)
            {
                skip -= body.Length;
                continue;
            }

            var count = Math.Min(bytes.Length, body.Length - (int)skip);
            bytes[..count].CopyTo(body[(int)skip..]);
            bytes = bytes[count..];
            skip = 0;
            Allowed += count;
            if (bytes.IsEmpty)
            {
                break;
            }
        }
    }

    /// <summary>Lets all pass; what no verdict covered by then is masked. Returns how many bytes that were.</summary>
    public long AllowRest()
    {
        var rest = Math.Max(0, Body - Allowed);
        if (rest > 0)
        {
            var mask = new byte[rest];
            mask.AsSpan().Fill((byte)'*');
            Allow(mask);
        }

        Allowed = All;
        return rest;
    }

    /// <summary>Takes END_STREAM off, for DATA of our own follows: only an empty last frame or trailers can have it here.</summary>
    public void DropEnd()
    {
        foreach (var frame in TakeAll())
        {
            if (!frame.EndStream)
            {
                Enqueue(frame);
            }
        }
    }

    /// <summary>All frames, for rebuilding; the queue is empty afterwards.</summary>
    public HeldFrame[] TakeAll()
    {
        var frames = _frames.ToArray();
        Clear();
        return frames;
    }
}
