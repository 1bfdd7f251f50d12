using System.Buffers;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>
/// One exchange under the guard's eyes: turns failures and time-outs into a decision, tells the tap what was said, and disposes of the guard's
/// part when the last call has returned.
/// </summary>
internal sealed class GuardedExchange : IDisposable
{
    private static readonly string[] VerdictCounters =
        [.. Enum.GetNames<Verdict>().Select(static n => "guard.verdict." + n.ToLowerInvariant())];

    // Looking through so much may take milliseconds, which belong on the pool, not on the thread that serves all sockets.
    private const int LongText = 16 * 1024;

    private readonly IExchangeGuard _guard;
    private readonly GateContext _context;
    private readonly long _streamId;
    private int _users = 1;
    private int _disposed;
    private volatile bool _failed;

    private GuardedExchange(IExchangeGuard guard, GateContext context, long streamId) =>
        (_guard, _context, _streamId) = (guard, context, streamId);

    /// <summary>Whether the guard is not asked any more, since it failed or took too long.</summary>
    public bool HasFailed => _failed;

    /// <summary>Bytes of the response that the guard holds; none once it may serve another exchange.</summary>
    public int HeldBytes => _failed || Volatile.Read(ref _disposed) != 0 ? 0 : _guard.HeldBytes;

    /// <summary>Limits.</summary>
    public GateOptions Options => _context.Options;

    /// <summary>Asks the guard whether it is interested; null when not, or when it fails and the gate is to fail open.</summary>
    public static GuardedExchange? Begin(GateContext context, ExchangeProtocol protocol, long streamId, HeaderBlock request)
    {
        try
        {
            return context.Guard.Begin(context.Flow, protocol, streamId, request) is { } guard ? new(guard, context, streamId) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            context.Counters.Add("guard.unchecked.fault");
            return context.Options.FailOpen ? null : new(new RefusingGuard(GateAnswers.Unchecked), context, streamId);
        }
    }

    public GuardDecision JudgeHead() => Call(JudgedPart.Head, static guard => guard.JudgeHead());

    public ValueTask<GuardDecision> JudgeRequestAsync(ReadOnlyMemory<byte> body, bool complete) =>
        CallAsync(
            JudgedPart.Request, body.Length, (body, complete), static (guard, request, cancellation) => guard.JudgeRequestAsync(request.body, request.complete, cancellation));

    public ValueTask<GuardDecision> JudgeMessageAsync(bool fromApp, HeldMessage message) => CallAsync(
        fromApp ? JudgedPart.AppMessage : JudgedPart.ServerMessage,
        message.Payload.Length,
        (fromApp, message),
        static (guard, sent, cancellation) =>
            guard.JudgeMessageAsync(sent.fromApp, sent.message.IsText, sent.message.Payload, sent.message.Complete, cancellation),
        message.Number);

    public ResponseInterest WantsResponse(int status, HeaderBlock response)
    {
        if (_failed || !Enter())
        {
            return ResponseInterest.None;
        }

        try
        {
            return _guard.WantsResponse(status, response);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failed(JudgedPart.Response, e);
            return ResponseInterest.None;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>As <see cref="IExchangeGuard.ResponseGrew"/>; writes nothing when <see cref="HasFailed"/> before or after.</summary>
    public GuardDecision ResponseGrew(ReadOnlySpan<byte> decoded, bool last, IBufferWriter<byte> released)
    {
        if (_failed || !Enter())
        {
            return GuardDecision.Allow;
        }

        try
        {
            return Record(JudgedPart.Response, _guard.ResponseGrew(decoded, last, released), last);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Failed(JudgedPart.Response, e);
        }
        finally
        {
            Exit();
        }
    }

    public GuardDecision ReleaseHeld(IBufferWriter<byte> released) => Call(JudgedPart.Response, guard => guard.ReleaseHeld(released));

    public GuardDecision ReleaseMessages() => Call(JudgedPart.ServerMessage, static guard => guard.ReleaseMessages());

    /// <summary>A part passes without being judged, since it cannot be read.</summary>
    public void CannotRead(JudgedPart part, string what)
    {
        _context.Counters.Add("guard.unchecked.unreadable");
        _context.Tap.Judged(new(_streamId, part, GuardDecision.Allow, null, $"not readable: {what}", default, 0));
    }

    /// <summary>No further call comes; those that run may still end.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Exit();
        }
    }

    private GuardDecision Call(JudgedPart part, Func<IExchangeGuard, GuardDecision> call)
    {
        if (_failed || !Enter())
        {
            return GuardDecision.Allow;
        }

        try
        {
            return Record(part, call(_guard), false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Failed(part, e);
        }
        finally
        {
            Exit();
        }
    }

    private async ValueTask<GuardDecision> CallAsync<T>(
        JudgedPart part, int length, T judged, Func<IExchangeGuard, T, CancellationToken, ValueTask<GuardDecision>> call, int message = 0)
    {
        if (_failed || !Enter())
        {
            return GuardDecision.Allow;
        }

        var start = _context.Time.GetTimestamp();
        if (length > LongText)
        {
            await Task.Yield();
        }

        var running = Task.CompletedTask;
        var limit = _context.JudgeLimit.Start();
        try
        {
            var verdict = call(_guard, judged, limit.Token);
            GuardDecision decision;
            if (verdict.IsCompleted)
            {
                decision = await verdict;
            }
            else
            {
                var judging = verdict.AsTask();
                running = judging;
                decision = await judging.WaitAsync(limit.Token);
            }

            var took = _context.Time.GetElapsedTime(start);
            StageMetrics.GuardHold.Record(took.TotalSeconds);
            return Record(part, decision, true, message, took);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return Failed(part, "the guard took too long", "guard.unchecked.time");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Failed(part, e);
        }
        finally
        {
            // A call that is not awaited any more still uses the guard, and what cancels it.
            if (running.IsCompleted)
            {
                _context.JudgeLimit.Return(limit);
                Exit();
            }
            else
            {
                _ = running.ContinueWith(_ => Exit(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    private GuardDecision Record(JudgedPart part, GuardDecision decision, bool whole, int message = 0, TimeSpan took = default)
    {
        if (decision.Verdict != Verdict.Allow)
        {
            _context.Counters.Add(VerdictCounters[(int)decision.Verdict]);
        }

        if (whole || decision != GuardDecision.Allow || part == JudgedPart.Head)
        {
            _context.Tap.Judged(new(_streamId, part, decision, whole ? _guard : null, null, took, message));
        }

        return decision;
    }

    private GuardDecision Failed(JudgedPart part, Exception fault) => Failed(part, $"the guard failed: {fault.GetType().Name}", "guard.unchecked.fault");

    private GuardDecision Failed(JudgedPart part, string reason, string counter)
    {
        _failed = true;
        _context.Counters.Add(counter);
        var decision = _context.Options.FailOpen
            ? GuardDecision.Allow
            : new GuardDecision { Verdict = Verdict.Block, Reason = reason, Answer = GateAnswers.Unchecked };
        _context.Tap.Judged(new(_streamId, part, decision, null, reason, default, 0));
        return decision;
    }

    private bool Enter()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            if (users == 0 || Volatile.Read(ref _disposed) != 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    private void Exit()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            try
            {
                _guard.Dispose();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _context.Counters.Add("guard.unchecked.fault");
            }
        }
    }
}
