using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Capture.Upload;

/// <summary>
/// Step 6: takes records from the outbox, batches them by count, bytes and age, and posts them. While the console is away everything goes
/// to the encrypted spool; when it is back the spool goes first, so that records arrive in the order they were made. Each record is in
/// exactly one place (outbox, batch, spool), so it is sent once unless an answer was lost on the way; then its id tells.
/// </summary>
public sealed partial class Uploader : BackgroundService
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly ExchangeRing _ring;
    private readonly RecordOutbox _outbox;
    private readonly Spool _spool;
    private readonly Sender _sender;
    private readonly TokenSource _token;
    private readonly UploadOptions _options;
    private readonly CaptureOptions _capture;
    private readonly Backoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger<Uploader> _logger;
    private readonly List<SerializedRecord> _batch = [];
    private long _lastPost;
    private int _state = (int)UploadState.Sending;

    /// <summary>
    /// Makes the uploader and opens its spool. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the
    /// spool's folder cannot be used. <paramref name="ring"/> is what waits to become records, <paramref name="random"/> draws the jitter.
    /// </summary>
    public Uploader(
        ExchangeRing ring,
        RecordOutbox outbox,
        ConsoleClient console,
        TokenSource token,
        UploadOptions options,
        CaptureOptions capture,
        AgentCounters counters,
        TimeProvider time,
        Random random,
        ILogger<Uploader> logger)
    {
        (_ring, _outbox, _token, _options, _capture, _time, _logger) = (ring, outbox, token, options, capture, time, logger);
        _spool = new Spool(options.SpoolDirectory, options.SpoolBytes, counters);
        _sender = new Sender(console, counters);
        _backoff = new Backoff(options.BackoffFirst, options.BackoffMost, random);
    }

    /// <summary>What it is doing.</summary>
    public UploadState State => (UploadState)Volatile.Read(ref _state);

    /// <summary>Records waiting on disk.</summary>
    public int SpoolRecords => _spool.Count;

    /// <inheritdoc />
    public override void Dispose()
    {
        _spool.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is null or { IsCompleted: true })
        {
            SpoolOutbox();
            Enter(UploadState.Stopped);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A post that is under way may end: cut off, its records would be sent again by the next run.
        using var posting = new CancellationTokenSource();
        await using var stop = stoppingToken.Register(() => posting.CancelAfter(StopGrace));
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await (_spool.Count > 0 ? SendSpooledAsync(posting.Token, stoppingToken) : SendFreshAsync(posting.Token, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is still in memory is spooled by StopAsync.
        }
    }

    private async Task SendFreshAsync(CancellationToken posting, CancellationToken stoppingToken)
    {
        await CollectAsync(stoppingToken);
        var result = await SendOrSpoolAsync(posting);
        if (result.Left.Count == 0)
        {
            Succeed();
            return;
        }

        await PauseAsync(result, stoppingToken);
    }

    // What is not sent goes into the spool at once: while it waits, the records must survive a stop.
    private async Task<SendResult> SendOrSpoolAsync(CancellationToken posting)
    {
        IReadOnlyList<SerializedRecord> left = _batch;
        try
        {
            var result = await _sender.SendAsync(_batch, posting);
            left = result.Left;
            return result;
        }
        finally
        {
            Spool(left);
        }
    }

    private async Task SendSpooledAsync(CancellationToken posting, CancellationToken stoppingToken)
    {
        var (records, end) = _spool.Read(_options.BatchRecords, _options.BatchBytes);
        IReadOnlyList<SerializedRecord> left = records;
        while (left.Count > 0)
        {
            var result = await _sender.SendAsync(left, posting);
            left = result.Left;
            if (left.Count > 0)
            {
                await PauseAsync(result, stoppingToken);
            }
        }

        if (records.Count == 0)
        {
            // The disk refuses to give the spool back; the live records need not wait for it.
            await SendFreshAsync(posting, stoppingToken);
            return;
        }

        _spool.Acknowledge(end, records.Count);
        Succeed();
        if (IsRingHalfFull)
        {
            SpoolOutbox();
        }
    }

    private bool IsRingHalfFull => _ring.Bytes > _capture.RingBytes / 2 || _ring.Count > _capture.RingRecords / 2;

    // Waits for a first record, then for others to share its post: briefly after a pause, longer while posts follow each other.
    private async Task CollectAsync(CancellationToken stoppingToken)
    {
        while (_outbox.Count == 0)
        {
            await _outbox.WaitAsync(1, long.MaxValue, Timeout.InfiniteTimeSpan, stoppingToken);
        }

        var first = _time.GetTimestamp();
        while (_outbox.Count < _options.BatchRecords && _outbox.Bytes < _options.BatchBytes)
        {
            var sincePost = _lastPost == 0 ? _options.MaxAge : _time.GetElapsedTime(_lastPost, first);
            var age = sincePost >= _options.MaxAge ? _options.IdleAge : _options.MaxAge - sincePost;
            var wait = (age < _options.IdleAge ? _options.IdleAge : age) - _time.GetElapsedTime(first);
            if (wait <= TimeSpan.Zero)
            {
                break;
            }

            await _outbox.WaitAsync(_options.BatchRecords, _options.BatchBytes, wait, stoppingToken);
        }

        _lastPost = _time.GetTimestamp();
        _outbox.Take(_batch, _options.BatchRecords, _options.BatchBytes);
    }

    private async Task PauseAsync(SendResult result, CancellationToken stoppingToken)
    {
        var refused = result.Outcome == PostOutcome.Unauthorized;
        Enter(refused ? UploadState.TokenRefused : UploadState.Unreachable);
        var pause = refused ? _options.TokenPause : _backoff.Next(result.RetryAfter);
        var start = _time.GetTimestamp();
        var token = _token.Read();
        for (var left = pause; left > TimeSpan.Zero; left = pause - _time.GetElapsedTime(start))
        {
            // What arrives meanwhile goes to the disk at once, where it survives a killed agent and has more room.
            await _outbox.WaitAsync(1, long.MaxValue, left < TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1), stoppingToken);
            SpoolOutbox();
            if (refused && _token.Read() != token)
            {
                return;
            }
        }
    }

    private void Succeed()
    {
        _backoff.Reset();
        Enter(UploadState.Sending);
    }

    private void SpoolOutbox()
    {
        while (_outbox.Count > 0)
        {
            _outbox.Take(_batch, _options.BatchRecords, _options.BatchBytes);
            Spool(_batch);
        }
    }

    private void Spool(IReadOnlyList<SerializedRecord> left)
    {
        if (left.Count > 0)
        {
            _spool.Append(left);
        }

        _batch.ForEach(static record => record.Release());
        _batch.Clear();
    }

    private void Enter(UploadState state)
    {
        if (Interlocked.Exchange(ref _state, (int)state) != (int)state)
        {
            LogState(state, _spool.Count);
        }
    }

    [LoggerMessage(3100, LogLevel.Information, "Upload: {State}, {Spooled} records in the spool")]
    private partial void LogState(UploadState state, int spooled);
}
