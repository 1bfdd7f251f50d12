using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;
using Microsoft.Extensions.Logging.Abstractions;

namespace AktoDivert.RedirectHost;

/// <summary>The engine, its listeners and a tunnel to the original destination.</summary>
internal sealed class Host(string[] arguments) : IAsyncDisposable
{
    private readonly IFlowRedirector _redirector = RedirectorFactory.Create(
        arguments.Contains("tun") ? RedirectEngine.Tun : RedirectEngine.Auto, TunSelectionOf(arguments), NullLoggerFactory.Instance, TimeProvider.System);
    private readonly Lock _output = new();
    private volatile bool _beating = true;
    private int _upstreams;

    public ValueTask DisposeAsync() => _redirector.DisposeAsync();

    internal async Task RunAsync()
    {
        using var v4 = Listen(_redirector.Placement.AnyAddress ? IPAddress.Any : IPAddress.Loopback);
        using var v6 = Listen(_redirector.Placement.AnyAddress ? IPAddress.IPv6Any : IPAddress.IPv6Loopback);
        var target = new RedirectTarget(
            Port(v4), arguments.Contains("no-v6") ? 0 : Port(v6), [443, 8443], !arguments.Contains("allow-quic"), TimeSpan.FromSeconds(1),
            arguments.Contains("direct") ? new DirectFlowPrinter(Write) : null);
        _redirector.Select(Selection(arguments));
        await _redirector.StartAsync(target, CancellationToken.None);
        _ = AcceptAsync(v4);
        _ = AcceptAsync(v6);
        _ = BeatAsync();
        Write("READY", _redirector.Health.State, _redirector.Health.Reason, _redirector.Health.Fix, Port(v4));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            await ObeyAsync(line.Split('\t'));
        }
    }

    private async Task ObeyAsync(string[] command)
    {
        switch (command[0])
        {
            case "select":
                _redirector.Select(Selection(command));
                break;
            case "hang":
                _beating = false;
                break;
            case "recover":
                _beating = true;
                break;
            case "dispose":
                await _redirector.DisposeAsync();
                break;
            case "hold":
                Write("HELD", _redirector.DirectRoutes?.Hold([.. command[1..].Select(Area)]) is true);
                return;
            case "allow":
                Write("ALLOWED", _redirector.DirectRoutes?.Allow(IPEndPoint.Parse(command[1]), TimeSpan.FromMilliseconds(int.Parse(command[2], null))) is true);
                return;
            case "withdraw":
                _redirector.DirectRoutes?.Withdraw(IPEndPoint.Parse(command[1]));
                break;
            case "counters":
                Write("COUNTERS", JsonSerializer.Serialize(_redirector.ReadCounters()));
                return;
        }

        Write("OK");
    }

    private static HostArea Area(string text) =>
        HostPattern.TryParse(text, out var pattern, out var error) && HostArea.Of(pattern!) is { } area ? area : throw new ArgumentException(error);

    private static TunSelection TunSelectionOf(string[] words) => new(
        [.. words.Where(word => word.StartsWith("uid=", StringComparison.Ordinal)).Select(word => uint.Parse(word.AsSpan(4), null))],
        [.. words.Where(word => word.StartsWith("cgroup=", StringComparison.Ordinal)).Select(word => word[7..])]);

    // Words like name=curl, path=*/x/*, argument=cli.js and all.
    private static ProcessSelection Selection(string[] words)
    {
        var selectors = words.Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0] is not ("uid" or "cgroup"))
            .Select(pair => new ProcessSelector(
                pair[0] switch { "name" => ProcessSelectorKind.Name, "path" => ProcessSelectorKind.Path, _ => ProcessSelectorKind.CommandLine }, pair[1]));
        return new ProcessSelection(
            words.Contains("all") ? RedirectScope.All : RedirectScope.AllowList,
            [new CatalogueApp("test-app", "Test app", [.. selectors], [], [])]);
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await timer.WaitForNextTickAsync())
        {
            if (_beating)
            {
                _redirector.Beat();
            }
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            _ = TunnelAsync(await listener.AcceptAsync());
        }
    }

    private async Task TunnelAsync(Socket app)
    {
        using (app)
        {
            if (_redirector.Resolve(app) is not { } flow)
            {
                Write("ORPHAN");
                return;
            }

            var process = flow.Process;
            Write("FLOW", flow.Destination, process.Pid, process.Name, process.AppId, process.SelectedBy, flow.Selected, process.UserName, process.Path);
            using var upstream = new Socket(flow.Destination.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (_redirector.Placement is { FirstUpstreamPort: > 0 } ports)
                {
                    var any = flow.Destination.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
                    upstream.Bind(new IPEndPoint(any, ports.FirstUpstreamPort + (Interlocked.Increment(ref _upstreams) % (ports.LastUpstreamPort - ports.FirstUpstreamPort))));
                }

                await upstream.ConnectAsync(flow.Destination);
                await Task.WhenAll(PumpAsync(app, upstream), PumpAsync(upstream, app));
            }
            catch (SocketException)
            {
                // Either end gave up: both are closed.
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = await from.ReceiveAsync(buffer)) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, count));
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private static Socket Listen(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(256);
        return listener;
    }

    private static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private void Write(params object[] fields)
    {
        lock (_output)
        {
            Console.WriteLine(string.Join('\t', fields));
        }
    }
}
