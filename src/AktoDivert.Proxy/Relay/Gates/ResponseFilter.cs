using AktoDivert.Core.Content;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Passes one response's body through the guard, whatever frames it. Not thread-safe.</summary>
internal sealed class ResponseFilter : IDisposable
{
    private readonly GuardedExchange _guard;
    private readonly StreamDecoder? _decoder;
    private readonly ByteBuffer _decoded = new(int.MaxValue);
    private readonly ByteBuffer _released = new(int.MaxValue);
    private readonly ByteBuffer _unreleased = new(int.MaxValue);

    private ResponseFilter(GuardedExchange guard, ResponseInterest interest, StreamDecoder? decoder)
    {
        (_guard, _decoder) = (guard, decoder);
        OnlyObserves = interest == ResponseInterest.Observe;
        Reframes = !OnlyObserves && (interest == ResponseInterest.AnyLength || decoder is not null);
    }

    /// <summary>Whether bytes pass whatever the guard says.</summary>
    public bool OnlyObserves { get; }

    /// <summary>Whether the body that passes has a length or coding of its own; otherwise it replaces the server's byte for byte.</summary>
    public bool Reframes { get; }

    /// <summary>Whether the body that passes has no content coding though the server's has.</summary>
    public bool Decodes => Reframes && _decoder is not null;

    /// <summary>Whether something is held that a timer must release.</summary>
    public bool Holds => _guard.HeldBytes > 0 || _unreleased.Length > 0;

    /// <summary>What the last call released.</summary>
    public ReadOnlySpan<byte> Released => _released.Span;

    /// <summary>Makes a filter when the guard wants the response; null when it passes untouched.</summary>
    public static ResponseFilter? TryCreate(GuardedExchange guard, int status, HeaderBlock response)
    {
        var interest = guard.WantsResponse(status, response);
        if (interest == ResponseInterest.None)
        {
            return null;
        }

        var coding = ContentCoding.Of(response);
        if (coding.Length == 0)
        {
            return new(guard, interest, null);
        }

        if (StreamDecoder.TryCreate(coding) is { } decoder)
        {
            return new(guard, interest, decoder);
        }

        guard.CannotRead(JudgedPart.Response, $"content coding {coding}");
        return null;
    }

    /// <summary>The body grew by bytes as on the wire; <see cref="Released"/> is what passes.</summary>
    public GuardDecision Grow(ReadOnlySpan<byte> wire, bool last)
    {
        _released.Clear();
        if (_decoder is null)
        {
            return Judge(wire, last);
        }

        _decoded.Clear();
        if (!_decoder.TryDecode(wire, _decoded))
        {
            // What was delivered so far is right, and nothing after it can be.
            _guard.CannotRead(JudgedPart.Response, "a damaged content coding");
            return OnlyObserves ? GuardDecision.Allow : throw new GateException("response-coding", "a response's content coding is damaged");
        }

        return Judge(_decoded.Span, last);
    }

    /// <summary>The server is quiet: what is held passes, as the policy wants it.</summary>
    public GuardDecision ReleaseHeld()
    {
        _released.Clear();
        var decision = _guard.ReleaseHeld(_released);
        if (_guard.HasFailed)
        {
            return PassUnjudged(decision, []);
        }

        Forget(_unreleased.Length - _guard.HeldBytes);
        return decision;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _decoder?.Dispose();
        _decoded.Dispose();
        _released.Dispose();
        _unreleased.Dispose();
    }

    private GuardDecision Judge(ReadOnlySpan<byte> body, bool last)
    {
        var decision = _guard.HasFailed ? GuardDecision.Allow : _guard.ResponseGrew(body, last, _released);
        if (OnlyObserves)
        {
            return decision;
        }

        if (_guard.HasFailed)
        {
            return PassUnjudged(decision, body);
        }

        // A copy of what the guard holds, for the case that it fails.
        if (_guard.HeldBytes > 0 || _unreleased.Length > 0)
        {
            _unreleased.Append(body);
            Forget(_unreleased.Length - _guard.HeldBytes);
        }

        return decision;
    }

    private GuardDecision PassUnjudged(GuardDecision decision, ReadOnlySpan<byte> body)
    {
        _released.Clear();
        if (!decision.Blocks)
        {
            _released.Append(_unreleased.Span);
            _released.Append(body);
            _unreleased.Clear();
        }

        return decision;
    }

    private void Forget(int count) => _unreleased.Skip(Math.Clamp(count, 0, _unreleased.Length));
}
