using AktoDivert.Lab.Clients;
using AktoDivert.SystemTests.EndToEnd;
using AktoDivert.Tests.Shared;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>The built console on one of its stores, the built agent in the lab, what real clients sent through it, and a browser that looks at it.</summary>
internal sealed class LiveConsole : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts;
    private readonly UpstreamView _upstream;
    private readonly ClientRunner _clients;

    private LiveConsole(Stack<IAsyncDisposable> parts, ProductInLab product, SignedInBrowser browser)
    {
        (_parts, Product, Browser) = (parts, product, browser);
        _upstream = new UpstreamView(ProductInLab.Paths.UpstreamSocket);
        _clients = new ClientRunner(ProductInLab.Paths, _upstream);
    }

    public ProductInLab Product { get; }

    public SignedInBrowser Browser { get; }

    public IPage Page => Browser.Page;

    /// <summary>Starts all parts and lets a few clients talk.</summary>
    /// <param name="onPostgres">PostgreSQL in place of the console's own file; the test is inconclusive where it is not installed.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<LiveConsole> StartAsync(bool onPostgres, CancellationToken cancellation)
    {
        if (onPostgres && !PostgresServer.IsInstalled)
        {
            Assert.Inconclusive("PostgreSQL is not installed: apt-get install postgresql");
        }

        var parts = new Stack<IAsyncDisposable>();
        try
        {
            string? database = null;
            if (onPostgres)
            {
                var server = await PostgresServer.StartAsync();
                parts.Push(server);
                database = await server.CreateDatabaseAsync();
            }

            var product = await ProductInLab.StartAsync(cancellation, database);
            parts.Push(product);
            var browser = await SignedInBrowser.SignInAsync(product.Demo.ConsoleAddress, new Uri(product.Demo.SignInLink));
            parts.Push(browser);
            var live = new LiveConsole(parts, product, browser);
            foreach (var client in new[] { "curl", "node-openai", "chatty" })
            {
                await live.RunAsync(client, cancellation);
            }

            return live;
        }
        catch (Exception)
        {
            await EndAsync(parts);
            throw;
        }
    }

    /// <summary>Runs a client of the lab, which must get its answer.</summary>
    /// <returns>Identity of the run, which its prompt carries.</returns>
    public async Task<string> RunAsync(string client, CancellationToken cancellation)
    {
        var result = await _clients.RunAsync(LabClients.Named(client), cancellation);
        Assert.IsTrue(result.Ok, $"{client}: {result.Detail}");
        return result.Call;
    }

    public async ValueTask DisposeAsync()
    {
        _upstream.Dispose();
        await EndAsync(_parts);
    }

    private static async Task EndAsync(Stack<IAsyncDisposable> parts)
    {
        while (parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }
}
