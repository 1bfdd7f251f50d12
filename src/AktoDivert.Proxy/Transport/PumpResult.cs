using System.Diagnostics;

namespace AktoDivert.Proxy.Transport;

/// <summary>The end of one direction.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Fault">What failed; null when it finished in order.</param>
internal readonly record struct PumpResult(PumpEnd End, Exception? Fault)
{
    /// <summary>
    /// When the end was met, in ticks of <see cref="Stopwatch"/>. Passing it on may take longer: a TLS end waits for the FIN behind it.
    /// </summary>
    public long EndedAt { get; init; } = Stopwatch.GetTimestamp();

    /// <summary>Ended in order.</summary>
    public static PumpResult Finished() => new(PumpEnd.Finished, null);

    /// <summary>The source aborted.</summary>
    public static PumpResult SourceAborted(Exception fault) => new(PumpEnd.SourceAborted, fault);

    /// <summary>The target aborted.</summary>
    public static PumpResult TargetAborted(Exception fault) => new(PumpEnd.TargetAborted, fault);
}
