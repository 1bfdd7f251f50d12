using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.Capture;

/// <summary>
/// Fans finished records out to live views on this machine (<c>aktodivert tail</c>). A slow view loses its oldest records; nobody waits for
/// it. Without views it costs nothing.
/// </summary>
public sealed class RecordFeed
{
    private readonly Lock _lock = new();
    private RecordSubscription[] _subscriptions = [];

    /// <summary>Starts to receive records; dispose the subscription to stop.</summary>
    /// <param name="capacity">Records kept for a slow reader, 1 to 10,000.</param>
    public RecordSubscription Subscribe(int capacity = 256)
    {
        var subscription = new RecordSubscription(capacity, this);
        lock (_lock)
        {
            Volatile.Write(ref _subscriptions, [.. _subscriptions, subscription]);
        }

        return subscription;
    }

    /// <summary>Gives a record to the views that there are.</summary>
    /// <param name="json">The record as it is sent.</param>
    internal void Publish(ReadOnlySpan<byte> json)
    {
        if (Volatile.Read(ref _subscriptions).Length > 0)
        {
            Publish(JsonSerializer.Deserialize(json, WireJson.Default.IngestRecord)!);
        }
    }

    internal void Publish(IngestRecord record)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Offer(record);
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
