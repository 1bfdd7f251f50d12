using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;
using AktoDivert.Capture.Fleet;

namespace AktoDivert.Agent.Hosting;

/// <summary>How this device reaches its console.</summary>
/// <param name="Url">Base address.</param>
/// <param name="Token">The device token, from its file or the environment.</param>
/// <param name="Client">The client.</param>
internal sealed record ConsoleLink(Uri Url, TokenSource Token, ConsoleClient Client) : IDisposable
{
    /// <summary>The link, or null when the agent works alone.</summary>
    public static ConsoleLink? Find(AgentOptions options, AgentConsole console) =>
        ConsoleLocation.Find(options) is { } url ? To(url, options, console) : null;

    /// <summary>The link to a console at an address.</summary>
    public static ConsoleLink To(Uri url, AgentOptions options, AgentConsole console)
    {
        var token = new TokenSource(AgentPaths.Token(options), console.Environment[TokenSource.Variable] as string);
        var client = new ConsoleClient(
            new ConsoleClientOptions { Ingestion = url, Settings = options.Console.SettingsUrl, UnixSocket = options.Console.Socket }, token, console.Time);
        return new ConsoleLink(url, token, client);
    }

    /// <inheritdoc />
    public void Dispose() => Client.Dispose();
}
