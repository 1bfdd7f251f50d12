using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AktoDivert.Agent.Hosting;

namespace AktoDivert.Agent.Control;

/// <summary>Answers from the running agent's own parts.</summary>
internal sealed class ControlAnswers(Func<StatusReport> status, PolicyAnswers policy, FlowLog flows, ICallFeed calls) : IControlAnswers
{
    private const int WaitingLines = 1024;

    /// <inheritdoc />
    public ControlResponse Answer(ControlRequest request) => request.Op switch
    {
        ControlOps.Status => new ControlResponse { Ok = true, Status = status() },
        ControlOps.Flows => new ControlResponse { Ok = true, Flows = flows.Recent() },
        _ => policy.Answer(request),
    };

    /// <inheritdoc />
    public async IAsyncEnumerable<ControlResponse> TailAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Both kinds meet in one bounded channel; a command that reads too slowly loses the oldest lines, not the agent its memory.
        var lines = Channel.CreateBounded<ControlResponse>(new BoundedChannelOptions(WaitingLines) { FullMode = BoundedChannelFullMode.DropOldest });
        var feeding = Task.WhenAll(
            request.Flows ? FeedFlowsAsync(lines.Writer, cancellationToken) : Task.CompletedTask,
            request.Calls ? FeedCallsAsync(request.Recent, lines.Writer, cancellationToken) : Task.CompletedTask);
        await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
        {
            yield return line;
        }

        await feeding;
    }

    private async Task FeedFlowsAsync(ChannelWriter<ControlResponse> lines, CancellationToken cancellationToken)
    {
        using var subscription = flows.Subscribe();
        await foreach (var flow in subscription.Records.ReadAllAsync(cancellationToken))
        {
            lines.TryWrite(new ControlResponse { Ok = true, Flow = flow });
        }
    }

    private async Task FeedCallsAsync(bool recent, ChannelWriter<ControlResponse> lines, CancellationToken cancellationToken)
    {
        await foreach (var call in calls.FollowAsync(recent, cancellationToken))
        {
            lines.TryWrite(new ControlResponse { Ok = true, Call = call });
        }
    }
}
