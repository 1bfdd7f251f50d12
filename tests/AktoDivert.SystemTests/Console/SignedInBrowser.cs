using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>Debian's Chromium, signed in to a console as administrator. Whatever the browser reports as an error is kept.</summary>
internal class SignedInBrowser : IAsyncDisposable
{
    private const string Chromium = "/usr/bin/chromium";

    // Blazor marks elements that its circuit holds; before that the page is the prerendered one and clicks are lost.
    private const string IsInteractive = "() => [...document.querySelectorAll('.rz-layout button')].some(b => b.getAttributeNames().some(n => n.startsWith('_bl_')))";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _faults = [];

    private protected SignedInBrowser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        (_playwright, _browser, Page) = (playwright, browser, page);
        page.Console += (_, message) => Note(message.Type == "error" ? message.Text : null);
        page.PageError += (_, error) => Note(error);
    }

    public IPage Page { get; }

    /// <summary>Signs in to a console that runs; the test is inconclusive where Chromium is missing.</summary>
    /// <param name="console">Its address.</param>
    /// <param name="link">A one-time sign-in link of it.</param>
    public static async Task<SignedInBrowser> SignInAsync(Uri console, Uri link)
    {
        var (playwright, browser, page) = await LaunchAsync(console);
        var signedIn = new SignedInBrowser(playwright, browser, page);
        await page.GotoAsync(link.AbsoluteUri);
        return signedIn;
    }

    /// <summary>Opens a page and waits until it is interactive.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await Assertions.Expect(Page.Locator("h1")).ToBeVisibleAsync();
        await Assertions.Expect(Page).ToHaveTitleAsync(new Regex("AktoDivert"));
        await Page.WaitForFunctionAsync(IsInteractive);
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    public void AssertNoFaults() => Assert.AreEqual("", string.Join('\n', _faults));

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private protected static async Task<(IPlaywright Playwright, IBrowser Browser, IPage Page)> LaunchAsync(Uri console)
    {
        if (!File.Exists(Chromium))
        {
            Assert.Inconclusive($"{Chromium} is not installed: apt-get install chromium");
        }

        Assertions.SetDefaultExpectTimeout(30_000);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        return (playwright, browser, await browser.NewPageAsync(new() { BaseURL = console.AbsoluteUri, ViewportSize = new() { Width = 1280, Height = 800 } }));
    }

    private void Note(string? fault)
    {
        if (fault is not null)
        {
            _faults.Add(fault);
        }
    }
}
