using System.Net.Http.Headers;
using System.Net.Http.Json;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.SignIn;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace AktoDivert.FunctionalTests.Console;

/// <summary>A real console on a free port with a data directory of its own.</summary>
internal sealed class RunningConsole : IAsyncDisposable
{
    private readonly string _data;

    private RunningConsole(ConsoleHost host, string data, ConsoleOptions options)
    {
        (Host, _data, Options) = (host, data, options);
        Anonymous = Client();
    }

    public ConsoleHost Host { get; }

    /// <summary>How it was started.</summary>
    public ConsoleOptions Options { get; }

    /// <summary>The data directory.</summary>
    public string Data => _data;

    /// <summary>Client without credentials that does not follow redirects.</summary>
    public HttpClient Anonymous { get; }

    public static async Task<RunningConsole> StartAsync(Func<ConsoleOptions, ConsoleOptions>? adjust = null, TimeProvider? time = null)
    {
        var data = Directory.CreateTempSubdirectory("console-test-").FullName;
        var options = new ConsoleOptions { DataDirectory = data, Urls = "http://127.0.0.1:0" };
        options = adjust?.Invoke(options) ?? options;
        return new RunningConsole(await ConsoleHost.StartAsync(options, time), data, options);
    }

    /// <summary>A console on a PostgreSQL database, a new one unless given; with the content key of another when both share it.</summary>
    public static async Task<RunningConsole> StartOnPostgresAsync(string? database = null, RunningConsole? shares = null, TimeProvider? time = null)
    {
        database ??= await Postgres.DatabaseAsync();
        return await StartAsync(o => o with { Database = database, ContentKey = shares is null ? null : Path.Combine(shares.Data, "content.key") }, time);
    }

    /// <summary>A client of a person's or script's role, by token.</summary>
    public async Task<HttpClient> RoleAsync(string role)
    {
        var tokens = Host.Services.GetRequiredService<AccessTokens>();
        var (token, _) = await tokens.IssueForScriptsAsync(role, role, null, Actor.Console, CancellationToken.None);
        return Client(token);
    }

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Host.Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", token);
        }

        return client;
    }

    public async Task<HttpClient> AdminAsync()
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await Host.CreateAdminTokenAsync());
        return client;
    }

    public async Task<HttpClient> DeviceAsync(string id = "agent-1")
    {
        var request = new EnrolRequest(await Host.CreateEnrolmentTokenAsync(), id, $"label-{id}", "linux");
        using var response = await Anonymous.PostAsJsonAsync("api/agent/enrol", request, WireJson.Default.EnrolRequest);
        response.EnsureSuccessStatusCode();
        return Client((await response.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse))!.DeviceToken);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
