namespace AktoDivert.Proxy.Transport;

/// <summary>Runs the two directions of a connection to their ends.</summary>
internal static class Duplex
{
    /// <summary>
    /// Waits for both directions. A direction that finished in order leaves the other to finish too (half-close); one that aborted takes
    /// the whole connection with it, by <paramref name="abort"/>.
    /// </summary>
    public static async Task<DuplexResult> RunAsync(Task<PumpResult> up, Task<PumpResult> down, Action abort)
    {
        var first = await Task.WhenAny(up, down);
        if ((await first).End != PumpEnd.Finished)
        {
            abort();
        }

        var second = first == up ? down : up;
        if ((await second).End != PumpEnd.Finished)
        {
            abort();
        }

        return new(await up, await down, first == up);
    }
}
