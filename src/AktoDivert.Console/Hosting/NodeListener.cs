using AktoDivert.Console.Calls;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using Npgsql;

namespace AktoDivert.Console.Hosting;

/// <summary>Hears what other nodes of the database committed, and tells this node's streams and pages.</summary>
internal sealed partial class NodeListener(
    NpgsqlDataSource source, SettingsStore settings, CallFeed calls, FlowFeed flows, NodePresence presence, DeviceDiagnostics diagnostics, TimeProvider time, ILogger<NodeListener> logger) : BackgroundService
{
    private static readonly string[] Channels = [NodeChannel.Settings, NodeChannel.Calls, NodeChannel.Flows, NodeChannel.Presence, NodeChannel.Diagnostics];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (e is NpgsqlException or System.Data.Common.DbException or IOException && !stoppingToken.IsCancellationRequested)
            {
                LogLost(e.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await source.OpenConnectionAsync(cancellation);
        var heard = new HashSet<string>(StringComparer.Ordinal);
        connection.Notification += (_, notification) => heard.Add(notification.Channel);
        await using (var listen = new NpgsqlCommand(string.Join("; ", Channels.Select(c => $"LISTEN {c}")), connection))
        {
            await listen.ExecuteNonQueryAsync(cancellation);
        }

        // What was said while nobody listened is looked up.
        heard.UnionWith(Channels);
        while (true)
        {
            await TellAsync(heard, cancellation);
            heard.Clear();
            await connection.WaitAsync(cancellation);
        }
    }

    private async Task TellAsync(HashSet<string> heard, CancellationToken cancellation)
    {
        if (heard.Contains(NodeChannel.Settings))
        {
            await settings.RefreshAsync(cancellation);
        }

        if (heard.Contains(NodeChannel.Calls))
        {
            calls.Announce();
        }

        if (heard.Contains(NodeChannel.Flows))
        {
            flows.Announce();
        }

        if (heard.Contains(NodeChannel.Presence))
        {
            await presence.ReadAsync(cancellation);
        }

        if (heard.Contains(NodeChannel.Diagnostics))
        {
            await diagnostics.ReadAsync(cancellation);
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "Listening to the other nodes was interrupted and begins again: {Reason}")]
    private partial void LogLost(string reason);
}
