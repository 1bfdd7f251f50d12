using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Tells systemd that the agent is ready, alive and stopping (sd_notify(3), sd_watchdog_enabled(3)). Does nothing where systemd did not
/// start it.
/// </summary>
internal sealed partial class SystemdNotifier(AgentEnvironment environment, TimeProvider time, ILogger<SystemdNotifier> logger) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        Send("STOPPING=1");
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Registered last, so everything else has started by now.
        Send("READY=1");
        if (!long.TryParse(environment["WATCHDOG_USEC"], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds <= 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMicroseconds(microseconds / 2), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Send("WATCHDOG=1");
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private void Send(string state)
    {
        if (environment["NOTIFY_SOCKET"] is not { Length: > 1 } path)
        {
            return;
        }

        try
        {
            // A leading @ means the abstract namespace, whose names start with a zero byte.
            var address = new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.ASCII.GetBytes(state), address);
        }
        catch (SocketException fault)
        {
            LogFailed(logger, state, fault.SocketErrorCode);
        }
    }

    [LoggerMessage(4030, LogLevel.Warning, "systemd: {State} could not be sent: {Error}")]
    private static partial void LogFailed(ILogger logger, string state, SocketError error);
}
