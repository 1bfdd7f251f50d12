using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.FunctionalTests.Capture;

/// <summary>A console on loopback that answers as it is told and remembers what it was sent.</summary>
internal sealed class FakeConsole : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _posted = new(0);

    private FakeConsole(WebApplication app) => _app = app;

    /// <summary>Ids of the records taken, in order.</summary>
    public ConcurrentQueue<string> Taken { get; } = [];

    public ConcurrentQueue<string> Tokens { get; } = [];

    public ConcurrentQueue<ModuleHeartbeat> Heartbeats { get; } = [];

    /// <summary>Flow reports, also those not taken.</summary>
    public ConcurrentQueue<FlowReport> Flows { get; } = [];

    /// <summary>Judges a flow report: a status code.</summary>
    public Func<FlowReport, int> JudgeFlows { get; set; } = _ => 200;

    /// <summary>Settings to be streamed; null for a console without a stream.</summary>
    public Channel<AccountSettings>? Settings { get; set; }

    /// <summary>Judges a post by its records' ids: a status code, 200 takes them.</summary>
    public Func<HttpContext, string[], int> Judge { get; set; } = (_, _) => 200;

    public int Posts { get; private set; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public ConsoleClientOptions ClientOptions => new() { Ingestion = Address, Timeout = TimeSpan.FromSeconds(10) };

    public static async Task<FakeConsole> StartAsync(string? unixSocket = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = 16 << 20;
            if (unixSocket is not null)
            {
                k.ListenUnixSocket(unixSocket);
            }
            else
            {
                k.Listen(System.Net.IPAddress.Loopback, 0);
            }
        });
        var console = new FakeConsole(builder.Build());
        console.Map();
        await console._app.StartAsync();
        return console;
    }

    /// <summary>Waits until a condition holds, looking again after each post and every 20 ms.</summary>
    public async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await _posted.WaitAsync(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Settings?.Writer.TryComplete();
        await _app.DisposeAsync();
        _posted.Dispose();
    }

    private void Map()
    {
        _app.MapPost("/api/ingestData", async (HttpContext context) =>
        {
            Tokens.Enqueue(context.Request.Headers.Authorization.ToString());
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            string[] ids = [.. body.RootElement.GetProperty("batchData").EnumerateArray().Select(r => r.GetProperty("id").GetString()!)];
            var status = Judge(context, ids);
            if (status == 200)
            {
                Array.ForEach(ids, Taken.Enqueue);
            }

            Posts++;
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("""{"success":false}""");
            _posted.Release();
        });
        _app.MapPost("/api/updateModuleInfoForHeartbeat", async (HttpContext context) =>
        {
            Heartbeats.Enqueue((await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.ModuleHeartbeat))!);
            _posted.Release();
        });
        _app.MapPost("/api/agent/flows", async (HttpContext context) =>
        {
            var report = (await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.FlowReport))!;
            context.Response.StatusCode = JudgeFlows(report);
            Flows.Enqueue(report);
            _posted.Release();
        });
        _app.MapPost("/api/fetchAccountSettings", () => Results.Text("""{"accountSettings":{"version":5,"aiDomains":["polled.com"]}}""", "application/json"));
        _app.MapPost("/api/agent/enrol", async (HttpContext context) =>
        {
            var request = await JsonSerializer.DeserializeAsync(context.Request.Body, WireJson.Default.EnrolRequest);
            return Results.Text($$"""{"deviceToken":"for-{{request!.EnrolmentToken}}"}""", "application/json");
        });
        _app.MapGet("/api/agent/settings", StreamAsync);
    }

    private async Task StreamAsync(HttpContext context)
    {
        if (Settings is null)
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(": ping\n\n");
        await context.Response.Body.FlushAsync();
        await foreach (var settings in Settings.Reader.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync($"event: settings\ndata: {JsonSerializer.Serialize(settings, WireJson.Default.AccountSettings)}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
