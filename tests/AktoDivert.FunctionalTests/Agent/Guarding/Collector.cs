using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AktoDivert.FunctionalTests.Agent.Guarding;

/// <summary>A server on loopback that keeps what is posted to it and answers as told: it stands for an OTLP collector, or for Akto's services.</summary>
internal sealed class Collector(WebApplication app) : IAsyncDisposable
{
    public ConcurrentQueue<(string Path, string Body)> Posts { get; } = [];

    public Uri Address => new(app.Urls.Single());

    public string Answer { get; set; } = "{}";

    /// <summary>Set while the server must not answer.</summary>
    public TaskCompletionSource? Silence { get; set; }

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var collector = new Collector(app);
        app.Run(collector.TakeAsync);
        await app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        Silence?.TrySetResult();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Posts.Enqueue((context.Request.Path + context.Request.QueryString, Encoding.Latin1.GetString(body.ToArray())));
        if (Silence is { } silence)
        {
            await silence.Task;
        }

        await context.Response.WriteAsync(Answer);
    }
}
