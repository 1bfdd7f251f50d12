using System.Threading.Channels;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Hosting;

/// <summary>A listener of <see cref="FlowLog"/>.</summary>
internal sealed class FlowSubscription(ChannelReader<FlowRecord> records, Action end) : IDisposable
{
    /// <summary>Flows as they are decided and as they end.</summary>
    public ChannelReader<FlowRecord> Records => records;

    /// <inheritdoc />
    public void Dispose() => end();
}
