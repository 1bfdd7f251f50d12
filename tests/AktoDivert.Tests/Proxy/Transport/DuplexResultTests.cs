using AktoDivert.Core.Diagnostics;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Tests.Proxy.Transport;

[TestClass]
public sealed class DuplexResultTests
{
    [TestMethod]
    [DataRow(PumpEnd.Finished, PumpEnd.Finished, true, ConnectionEndReason.Completed, true)]
    [DataRow(PumpEnd.Finished, PumpEnd.Finished, false, ConnectionEndReason.Completed, false)]
    [DataRow(PumpEnd.SourceAborted, PumpEnd.SourceAborted, true, ConnectionEndReason.AppAborted, true)]
    [DataRow(PumpEnd.SourceAborted, PumpEnd.SourceAborted, false, ConnectionEndReason.UpstreamAborted, false)]
    [DataRow(PumpEnd.TargetAborted, PumpEnd.SourceAborted, true, ConnectionEndReason.UpstreamAborted, false)]
    [DataRow(PumpEnd.SourceAborted, PumpEnd.TargetAborted, false, ConnectionEndReason.AppAborted, true)]
    [DataRow(PumpEnd.Finished, PumpEnd.TargetAborted, true, ConnectionEndReason.AppAborted, true)]
    [DataRow(PumpEnd.TargetAborted, PumpEnd.Finished, false, ConnectionEndReason.UpstreamAborted, false)]
    [DataRow(PumpEnd.Finished, PumpEnd.SourceAborted, true, ConnectionEndReason.Completed, true)]
    public void The_side_that_ended_first_is_named(object up, object down, bool upFirst, ConnectionEndReason expected, bool appEndedIt)
    {
        var result = new DuplexResult(
            new((PumpEnd)up, null) { EndedAt = upFirst ? 1 : 2 }, new((PumpEnd)down, null) { EndedAt = upFirst ? 2 : 1 }, upFirst);
        Assert.AreEqual(expected, result.ToConnectionEnd().Reason);
        Assert.AreEqual(appEndedIt, result.AppEndedIt);
    }
}
