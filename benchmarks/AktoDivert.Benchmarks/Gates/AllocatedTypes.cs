using System.Diagnostics.Tracing;
using System.Globalization;
using AktoDivert.Benchmarks.Paths;

namespace AktoDivert.Benchmarks.Gates;

/// <summary>What a hot path allocates, by type, from the runtime's random samples (event <c>AllocationSampled</c> of .NET 10).</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords AllocationSampling = (EventKeywords)0x80000000000;
    private const int Warmups = 5_000;
    private const long WantedBytes = 150_000_000;

    private readonly Dictionary<string, int> _samples = [];

    /// <summary>Runs a path until enough is sampled, and prints its types with their bytes a run, the largest first.</summary>
    public static void Print(string name)
    {
        var path = HotPath.All().First(path => path.Name == name);
        for (var i = 0; i < Warmups; i++)
        {
            path.Run();
        }

        var each = AllocationGate.Measure(path, long.MaxValue);
        if (each <= 0)
        {
            Console.WriteLine($"       0 B  {name}");
            return;
        }

        using var types = new AllocatedTypes();
        for (var runs = WantedBytes / each; runs > 0; runs--)
        {
            path.Run();
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{each,8} B  {name}"));
        lock (types._samples)
        {
            double all = types._samples.Values.Sum();
            foreach (var (type, count) in types._samples.OrderByDescending(sample => sample.Value).Take(60))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count / all * each,8:f0} B  {type}"));
            }
        }
    }

    /// <inheritdoc />
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Informational, AllocationSampling);
        }
    }

    /// <inheritdoc />
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // AllocationSampled: kind, CLR instance, type id, type name, address, object size, byte offset.
        if (eventData is { EventId: 303, Payload: [_, _, _, string type, ..] })
        {
            lock (_samples)
            {
                _samples[type] = _samples.GetValueOrDefault(type) + 1;
            }
        }
    }
}
