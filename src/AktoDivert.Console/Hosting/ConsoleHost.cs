using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AktoDivert.Console.Hosting;

/// <summary>A running console: what the command line, tests and the lab start.</summary>
public sealed class ConsoleHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ConsoleHost(WebApplication app) => _app = app;

    /// <summary>The first address it listens on, with the port it really got.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
        .Addresses.First(a => !a.Contains("unix:", StringComparison.Ordinal)));

    internal IServiceProvider Services => _app.Services;

    /// <summary>Starts a console; it serves when the task completes.</summary>
    /// <exception cref="ConsoleStartException">An option does not work on this machine; the message says which and what to do.</exception>
    public static async Task<ConsoleHost> StartAsync(ConsoleOptions options, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        var app = await ConsoleApp.BuildAsync(options, time ?? TimeProvider.System, cancellation);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new ConsoleStartException($"--urls {options.Urls}: {e.Message} Is a console running already? Choose another port.", e);
        }

        ListenAddresses.RestrictSocket(options);
        return new ConsoleHost(app);
    }

    /// <summary>A new one-time token for an agent to enrol with.</summary>
    public Task<string> CreateEnrolmentTokenAsync() => Tokens.IssueAsync(TokenKind.Enrolment);

    /// <summary>A new token for <c>/api/admin</c>.</summary>
    public Task<string> CreateAdminTokenAsync() => Tokens.IssueAsync(TokenKind.Admin);

    /// <summary>A new one-time sign-in link.</summary>
    public Task<Uri> CreateSignInLinkAsync() => Services.GetRequiredService<SignInLinks>().IssueAsync(Address);

    /// <summary>Whether somebody has set a password.</summary>
    public Task<bool> HasPeopleAsync() => Services.GetRequiredService<People>().AnyAsync();

    /// <summary>Completes when the console was asked to stop and did.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <summary>Stops serving and commits what was accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private AccessTokens Tokens => Services.GetRequiredService<AccessTokens>();
}
