using System.Diagnostics;
using System.Text.Json;

namespace AktoDivert.SystemTests.Console;

/// <summary>
/// axe-core (npm, pinned in axe/package-lock.json) over every page, light and dark: no serious and no critical fault. Left out is what Radzen
/// 12.0.0 itself gets wrong and offers no way to change: the items of a chart's legend (<c>aria-disabled</c>) and the tree's own list roles.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed class AccessibilityTests
{
    private static readonly string[] Paths =
    [
        "/", "/traffic", "/traffic?tree=true", "/traffic?view=flows", "/sessions", "/inventory", "/violations", "/guardrails", "/guardrails/new", "/guardrails/playground", "/devices",
        "/settings/proxy-patterns", "/settings/domains", "/settings/learned", "/settings/apps", "/settings/privacy", "/settings/forwarding", "/settings/notifications", "/settings/people",
        "/settings/tokens", "/settings/audit", "/settings/history",
    ];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("standard")]
    [DataRow("standard-dark")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task No_page_has_a_serious_fault(string theme)
    {
        var axe = await AxeAsync();
        await using var browser = await ConsoleBrowser.StartAsync(TestContext.CancellationToken);
        await SampleFleet.SendAsync(browser.Host, TestContext.CancellationToken);
        await browser.Page.Context.AddCookiesAsync([new() { Name = "aktodivert-theme", Value = theme, Url = browser.Host.Address.AbsoluteUri }]);
        var faults = new List<string>();
        foreach (var path in Paths)
        {
            await browser.OpenAsync(path);
            await browser.Page.EvaluateAsync(axe);
            var found = await browser.Page.EvaluateAsync<JsonElement>(
                "async () => (await axe.run({ exclude: [['.rz-legend-item'], ['.rz-tree']] }, { resultTypes: ['violations'] })).violations.filter(v => v.impact === 'serious' || v.impact === 'critical')"
                + ".map(v => `${v.id}: ${v.nodes.length} × ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`)");
            faults.AddRange(found.EnumerateArray().Select(f => $"{path} {f.GetString()}"));
        }

        Assert.AreEqual("", string.Join('\n', faults));
    }

    private async Task<string> AxeAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Console", "axe");
        var script = Path.Combine(folder, "node_modules", "axe-core", "axe.min.js");
        if (!File.Exists(script))
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", "ci --no-audit --no-fund") { WorkingDirectory = folder })!;
            await npm.WaitForExitAsync(TestContext.CancellationToken);
            Assert.AreEqual(0, npm.ExitCode, $"npm ci in {folder}");
        }

        return await File.ReadAllTextAsync(script, TestContext.CancellationToken);
    }
}
