using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Capture.Upload;

/// <summary>
/// Sends one batch to its end: taken, given back, or dropped record by record. A batch that is refused is halved until the refused
/// record stands alone, so that one bad record costs itself and not its neighbours.
/// </summary>
internal sealed class Sender(IIngestion ingestion, AgentCounters counters)
{
    /// <summary>A service that refuses everything is ill rather than the records bad: they are dropped only after so many rounds.</summary>
    public const int MaxRefusedRounds = 8;

    private int _refusedRounds;

    /// <summary>Sends what it can.</summary>
    /// <returns>The records still to be sent, and how the last post ended.</returns>
    public async Task<SendResult> SendAsync(IReadOnlyList<SerializedRecord> batch, CancellationToken cancellationToken)
    {
        var parts = new Stack<IReadOnlyList<SerializedRecord>>([batch]);
        var left = new List<SerializedRecord>();
        var suspects = new List<SerializedRecord>();
        var accepted = 0;
        while (parts.TryPop(out var part))
        {
            var (outcome, retryAfter) = await ingestion.PostAsync(part, cancellationToken);
            switch (outcome)
            {
                case PostOutcome.Accepted:
                    accepted += part.Count;
                    counters.Add("upload.sent", part.Count);
                    break;
                case PostOutcome.TooLarge when part.Count == 1:
                    counters.Add("upload.dropped.too-large");
                    break;
                case PostOutcome.Refused when part.Count == 1:
                    suspects.AddRange(part);
                    break;
                case PostOutcome.Refused or PostOutcome.TooLarge:
                    parts.Push([.. part.Skip(part.Count / 2)]);
                    parts.Push([.. part.Take(part.Count / 2)]);
                    break;
                default:
                    left.AddRange(part);
                    left.AddRange(parts.SelectMany(p => p));
                    left.AddRange(suspects);
                    return new SendResult(left, outcome, retryAfter);
            }

            // Two records refused and none taken: more likely the service is ill than every record bad. Asking 2n times would not help it.
            if (accepted == 0 && suspects.Count > 1 && ++_refusedRounds < MaxRefusedRounds)
            {
                left.AddRange(suspects);
                left.AddRange(parts.SelectMany(p => p));
                return new SendResult(left, PostOutcome.Unavailable, null);
            }
        }

        if (suspects.Count > 0 && accepted == 0 && ++_refusedRounds < MaxRefusedRounds)
        {
            return new SendResult(suspects, PostOutcome.Unavailable, null);
        }

        if (suspects.Count > 0)
        {
            counters.Add("upload.dropped.refused", suspects.Count);
        }

        _refusedRounds = 0;
        return new SendResult([], PostOutcome.Accepted, null);
    }
}
