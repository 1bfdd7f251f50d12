using System.Collections.Concurrent;

namespace AktoDivert.Console.Devices;

/// <summary>What this process knows about devices right now: open settings streams, versions delivered through them, the last sign of life.</summary>
internal sealed class DevicePresence(TimeProvider time)
{
    /// <summary>How long a reader of the device list gathers <see cref="Changed"/>: every upload and heartbeat raises it.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, Entry> _elsewhere = new Dictionary<string, Entry>();

    /// <summary>Raised after any change, on the thread that made it: must return at once.</summary>
    public event Action? Changed;

    /// <summary>Raised with the id of a device of which something changed at this node; must return at once.</summary>
    public event Action<string>? Touched;

    /// <summary>Raised with the id of a device that was retired.</summary>
    public event Action<string>? Left;

    /// <summary>A device opened or, with -1, closed a stream.</summary>
    public void StreamsChanged(string deviceId, int by) => Update(deviceId, e => e with { Streams = e.Streams + by });

    /// <summary>Settings were written to a device's stream.</summary>
    public void Delivered(string deviceId, long version) => Update(deviceId, e => e with { Delivered = version });

    /// <summary>Anything came from a device.</summary>
    public void Seen(string deviceId) => Update(deviceId, e => e);

    /// <summary>A device was retired: open streams end, since its token did.</summary>
    public void Retired(string deviceId)
    {
        Left?.Invoke(deviceId);
        Changed?.Invoke();
    }

    /// <summary>What is known about a device, here and at the other nodes.</summary>
    public Entry Of(string deviceId)
    {
        var here = Here(deviceId);
        return Volatile.Read(ref _elsewhere).TryGetValue(deviceId, out var there)
            ? new Entry(
                here.Streams + there.Streams, Math.Max(here.Delivered, there.Delivered), here.LastSeen > there.LastSeen ? here.LastSeen : there.LastSeen)
            : here;
    }

    /// <summary>What is known about a device at this node.</summary>
    public Entry Here(string deviceId) => _entries.GetValueOrDefault(deviceId);

    /// <summary>Takes over what the other nodes know.</summary>
    public void TakeOver(IReadOnlyDictionary<string, Entry> elsewhere)
    {
        Volatile.Write(ref _elsewhere, elsewhere);
        Changed?.Invoke();
    }

    private void Update(string deviceId, Func<Entry, Entry> change)
    {
        var now = time.GetUtcNow();
        _entries.AddOrUpdate(deviceId, _ => change(default) with { LastSeen = now }, (_, e) => change(e) with { LastSeen = now });
        Touched?.Invoke(deviceId);
        Changed?.Invoke();
    }

    /// <summary>Presence of one device.</summary>
    internal readonly record struct Entry(int Streams, long Delivered, DateTimeOffset LastSeen);
}
