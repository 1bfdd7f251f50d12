using AktoDivert.Console.Hosting;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>A real console in this process with a browser signed in to it.</summary>
internal sealed class ConsoleBrowser : SignedInBrowser
{
    private readonly string _data;

    private ConsoleBrowser(string data, ConsoleHost host, IPlaywright playwright, IBrowser browser, IPage page)
        : base(playwright, browser, page) => (_data, Host) = (data, host);

    public ConsoleHost Host { get; }

    /// <summary>Starts both; the test is inconclusive where Chromium is missing.</summary>
    public static async Task<ConsoleBrowser> StartAsync(CancellationToken cancellation, Func<ConsoleOptions, ConsoleOptions>? adjust = null)
    {
        var data = Directory.CreateTempSubdirectory("console-pages-").FullName;
        var options = new ConsoleOptions { DataDirectory = data, Urls = "http://127.0.0.1:0" };
        var host = await ConsoleHost.StartAsync(adjust?.Invoke(options) ?? options, cancellation: cancellation);
        var (playwright, browser, page) = await LaunchAsync(host.Address);
        var started = new ConsoleBrowser(data, host, playwright, browser, page);
        await page.GotoAsync((await host.CreateSignInLinkAsync()).AbsoluteUri);
        return started;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
