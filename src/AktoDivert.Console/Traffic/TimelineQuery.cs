using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;

namespace AktoDivert.Console.Traffic;

/// <summary>Calls and flows over time, for the graph above their tables.</summary>
internal sealed class TimelineQuery(CallQuery calls, FlowQuery flows, TimeProvider time)
{
    /// <summary>The calls that a filter lets through.</summary>
    /// <param name="text">The filter; what is not understood of it does not narrow.</param>
    /// <param name="promptsOnly">Whether calls without prompt and model are left out.</param>
    /// <param name="count">What <see cref="CallQuery.CountAsync"/> said of the filter.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Timeline> CallsAsync(string text, bool promptsOnly, int count, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var times = FilterTimes.Of(text, now);
        return Timeline.Of(
            await calls.TimesAsync(CallFilter.Parse(text, now, promptsOnly), CallFilter.Parse(times.Written, now), count, Timeline.GrainOf(times, now), Timeline.MostSearched, cancellation), times, now);
    }

    /// <summary>The flows that a filter lets through.</summary>
    /// <param name="text">The filter; what is not understood of it does not narrow.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<Timeline> FlowsAsync(string text, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var times = FilterTimes.Of(text, now);
        return Timeline.Of(await flows.TimesAsync(FlowFilter.Parse(text, now), FlowFilter.Parse(times.Written, now), Timeline.GrainOf(times, now), Timeline.MostSearched, cancellation), times, now);
    }
}
