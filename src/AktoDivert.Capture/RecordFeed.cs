using System.Text.Json;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture;

/// <summary>
/// Fans finished records out to live views on this machine (<c>aktodivert tail</c>). A view sees the calls that end after it began to look, and
/// those before that still wait in the ring if it wants them. A slow one loses its oldest records; nobody waits for it. Without views it costs nothing.
/// </summary>
/// <param name="time">The clock of the exchanges.</param>
public sealed class RecordFeed(TimeProvider time)
{
    private readonly Lock _lock = new();
    private RecordSubscription[] _subscriptions = [];

    /// <summary>Raised when there is another view.</summary>
    public event Action? Subscribed;

    /// <summary>Whether there is any view.</summary>
    public bool HasViews => Volatile.Read(ref _subscriptions).Length > 0;

    /// <summary>Starts to receive records; dispose the subscription to stop.</summary>
    /// <param name="capacity">Records kept for a slow reader, 1 to 10,000.</param>
    /// <param name="recent">Whether it sees calls that ended before.</param>
    public RecordSubscription Subscribe(int capacity = 256, bool recent = false)
    {
        var subscription = new RecordSubscription(capacity, recent ? long.MinValue : time.GetTimestamp(), this);
        lock (_lock)
        {
            Volatile.Write(ref _subscriptions, [.. _subscriptions, subscription]);
        }

        Subscribed?.Invoke();
        return subscription;
    }

    /// <summary>Whether a view would see the record of an exchange.</summary>
    internal bool Wants(Exchange exchange)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            if (subscription.Sees(exchange))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives a record to the views that see it.</summary>
    /// <param name="json">The record as it is sent.</param>
    /// <param name="exchange">What it is the record of.</param>
    internal void Publish(ReadOnlySpan<byte> json, Exchange exchange)
    {
        IngestRecord? record = null;
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            if (subscription.Sees(exchange))
            {
                subscription.Offer(record ??= JsonSerializer.Deserialize(json, WireJson.Default.IngestRecord)!);
            }
        }
    }

    internal void Remove(RecordSubscription subscription)
    {
        lock (_lock)
        {
            Volatile.Write(ref _subscriptions, [.. _subscriptions.Where(other => other != subscription)]);
        }
    }
}
