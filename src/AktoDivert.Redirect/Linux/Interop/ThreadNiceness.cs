namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Priorities of threads, which .NET leaves alone on Linux (setpriority(2) knows them as nice values).</summary>
internal static class ThreadNiceness
{
    private const int OneProcess = 0;
    private const int ThisThread = 0;

    /// <summary>Puts the calling thread before others; without CAP_SYS_NICE it stays where it is.</summary>
    internal static void Apply(ThreadPriority priority)
    {
        var nice = priority switch
        {
            ThreadPriority.Highest => -15,
            ThreadPriority.AboveNormal => -10,
            _ => 0,
        };
        _ = LibC.setpriority(OneProcess, ThisThread, nice);
    }
}
