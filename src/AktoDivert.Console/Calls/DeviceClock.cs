namespace AktoDivert.Console.Calls;

/// <summary>How far a device's clock is believed.</summary>
internal static class DeviceClock
{
    private static readonly TimeSpan Lead = TimeSpan.FromDays(1);

    /// <summary>The time that rows are kept under: the device's when it lies within what is kept and at most a day ahead, else 0.</summary>
    /// <param name="startedMs">Unix milliseconds by the device's clock.</param>
    /// <param name="received">By the console's.</param>
    /// <param name="age">How long rows are kept.</param>
    public static long Believable(long startedMs, DateTimeOffset received, TimeSpan age) =>
        startedMs > (received - age).ToUnixTimeMilliseconds() && startedMs < (received + Lead).ToUnixTimeMilliseconds() ? startedMs : 0;
}
