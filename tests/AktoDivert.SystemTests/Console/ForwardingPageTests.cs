using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>The page of forward targets, with a target that refuses and takes calls.</summary>
[TestClass]
[TestCategory("System")]
public sealed class ForwardingPageTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task A_target_that_fails_and_recovers_is_followed_and_one_that_is_no_longer_configured_stays_until_it_is_forgotten()
    {
        var status = StatusCodes.Status503ServiceUnavailable;
        await using var target = await TargetAsync(() => Volatile.Read(ref status));
        await using var browser = await ConsoleBrowser.StartAsync(Cancellation, o => o with { ForwardToOtlp = new ForwardOptions(new Uri(target.Urls.Single())) });
        await AddFormerAsync(browser.Host);
        await browser.OpenAsync("/settings/forwarding");
        var row = browser.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextString = "OTLP collector" });
        await Assertions.Expect(row).ToContainTextAsync("never");

        await SampleFleet.SendAsync(browser.Host, Cancellation);
        await Assertions.Expect(row).ToContainTextAsync("tried again");
        await Assertions.Expect(row).ToContainTextAsync("status 503");
        await Assertions.Expect(row).ToContainTextAsync("260");
        Volatile.Write(ref status, StatusCodes.Status200OK);
        await Assertions.Expect(row).ToContainTextAsync("takes calls");
        await Assertions.Expect(row).Not.ToContainTextAsync("260");
        await Assertions.Expect(row).Not.ToContainTextAsync("never");

        var former = browser.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextString = "Akto data ingestion" });
        await Assertions.Expect(former).ToContainTextAsync("no longer configured");
        await Assertions.Expect(former).ToContainTextAsync("1,234");
        await former.GetByRole(AriaRole.Button).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Forget", Exact = true }).ClickAsync();
        await Assertions.Expect(former).ToHaveCountAsync(0);
        await Assertions.Expect(row).ToBeVisibleAsync();
        browser.AssertNoFaults();
    }

    private static async Task<WebApplication> TargetAsync(Func<int> status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/{**path}", () => Results.StatusCode(status()));
        await app.StartAsync();
        return app;
    }

    private async Task AddFormerAsync(ConsoleHost host)
    {
        await using var db = await host.Services.GetRequiredService<IDbContextFactory<ConsoleDb>>().CreateDbContextAsync(Cancellation);
        db.Forwards.Add(new ForwardRow { Name = "forward.akto", Lost = 1234 });
        db.Sequences.Add(new SequenceRow { Name = "forward.akto", Last = 0 });
        await db.SaveChangesAsync(Cancellation);
    }
}
