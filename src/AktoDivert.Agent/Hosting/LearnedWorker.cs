using System.Threading.Channels;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Core.Policy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>Saves learned passthroughs soon after each change, and at the end.</summary>
internal sealed partial class LearnedWorker(PolicyProvider policy, LearnedFile file, ILogger<LearnedWorker> logger) : BackgroundService
{
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc />
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        policy.Learned.Changed += Changed;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        policy.Learned.Changed -= Changed;
        await base.StopAsync(cancellationToken);
        Save();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var _ in _changed.Reader.ReadAllAsync(stoppingToken))
            {
                Save();
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops; StopAsync saves once more.
        }
    }

    // Called on the traffic's threads: the file is written elsewhere.
    private void Changed() => _changed.Writer.TryWrite(true);

    private void Save()
    {
        try
        {
            file.Save(policy.Learned);
        }
        catch (StateFileException fault)
        {
            LogFailed(logger, fault.Message);
        }
    }

    [LoggerMessage(4050, LogLevel.Error, "learned passthroughs will not survive a restart: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
