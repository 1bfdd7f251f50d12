using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>A server that keeps what is posted to it and answers as the test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentQueue<Posted> _posts = new();

    private Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/{**path}", async (HttpContext context, string path) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var post = new Posted("/" + path, await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()));
            var status = Answer(post);
            post = post with { Status = status };
            if (status == HttpStatusCode.TooManyRequests)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            context.Response.StatusCode = (int)status;
            _posts.Enqueue(post);
            _arrived.Release();
        });
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Func<Posted, HttpStatusCode> Answer { get; set; } = _ => HttpStatusCode.OK;

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits for the next post.</summary>
    public async Task<Posted> NextAsync(CancellationToken cancellation)
    {
        Assert.IsTrue(await _arrived.WaitAsync(TimeSpan.FromSeconds(30), cancellation), "Nothing was posted within 30 seconds.");
        Assert.IsTrue(_posts.TryDequeue(out var post));
        return post;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    /// <summary>What was posted; header names in lower case.</summary>
    internal sealed record Posted(string Path, string Body, IReadOnlyDictionary<string, string> Headers)
    {
        /// <summary>What was answered.</summary>
        public HttpStatusCode Status { get; init; }
    }
}
