using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Proxy.Transport;

/// <summary>How a connection with two pumps ended.</summary>
/// <param name="Up">The direction from the app.</param>
/// <param name="Down">The direction from the server.</param>
/// <param name="UpEndedFirst">Whether the app's direction was the first to be over.</param>
internal readonly record struct DuplexResult(PumpResult Up, PumpResult Down, bool UpEndedFirst)
{
    /// <summary>Whether the app's side ended the connection, in order or not: which end was met first, not which was over first.</summary>
    public bool AppEndedIt => Up.EndedAt < Down.EndedAt ? Up.End != PumpEnd.TargetAborted : Down.End == PumpEnd.TargetAborted;

    /// <summary>
    /// The connection's end. A reset that answers an orderly end is how many stacks close, so it counts as an orderly end too.
    /// </summary>
    public ConnectionEnd ToConnectionEnd()
    {
        var (first, second) = UpEndedFirst ? (Up, Down) : (Down, Up);
        var deciding = first.End != PumpEnd.Finished ? first : second;
        if (deciding.End == PumpEnd.Finished || (first.End == PumpEnd.Finished && second.End == PumpEnd.SourceAborted))
        {
            return new(ConnectionEndReason.Completed);
        }

        var upDecides = (first.End != PumpEnd.Finished) == UpEndedFirst;
        var appAborted = upDecides == (deciding.End == PumpEnd.SourceAborted);
        return new(
            appAborted ? ConnectionEndReason.AppAborted : ConnectionEndReason.UpstreamAborted, deciding.Fault?.GetBaseException().Message);
    }
}
