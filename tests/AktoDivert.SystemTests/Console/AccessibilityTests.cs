using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>
/// axe-core (npm, pinned in axe/package-lock.json) over every page, drawer and dialog, light and dark: no serious and no critical fault. Left out is what Radzen
/// 12.0.0 itself gets wrong and offers no way to change: the items of a chart's legend (<c>aria-disabled</c>) and the tree's own list roles.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed class AccessibilityTests
{
    private static readonly string[] Paths =
    [
        "/", "/traffic", "/traffic?tree=true", "/traffic?view=flows", "/sessions", "/inventory", "/violations", "/guardrails", "/guardrails/new", "/guardrails/playground", "/devices",
        "/settings/proxy-patterns", "/settings/domains", "/settings/learned", "/settings/apps", "/settings/updates", "/settings/privacy", "/settings/forwarding", "/settings/notifications", "/settings/people",
        "/settings/tokens", "/settings/audit", "/settings/history",
    ];

    /// <summary>What opens a drawer or a dialog on a page: the text of a row, or the name of a button.</summary>
    private static readonly (string Path, string Row, string Button)[] Openings =
    [
        ("/traffic?q=verdict:block", "AKIA", ""), ("/traffic?view=flows", "chatgpt.com", ""), ("/violations", "No secrets to AI", ""), ("/devices", "alice-laptop", ""),
        ("/devices", "", "Enrol device"), ("/settings/proxy-patterns", "", "Add pattern"), ("/settings/domains", "", "Add domains"), ("/settings/apps", "", "Add app"), ("/settings/updates", "", "Add ring"), ("/sessions", "", "Prices"),
        ("/settings/notifications", "", "Add target"), ("/settings/people", "", "Add person"), ("/settings/tokens", "", "New token"), ("/", "", "Keyboard shortcuts"),
    ];

    public required TestContext TestContext { get; init; }

    [TestMethod]
    [DataRow("standard", "{}")]
    [DataRow("standard-dark", "{ runOnly: ['color-contrast', 'link-in-text-block'] }")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task No_page_drawer_or_dialog_has_a_serious_fault(string theme, string rules)
    {
        // Themes differ by their colours alone.
        var axe = await AxeAsync();
        await using var browser = await ConsoleBrowser.StartAsync(TestContext.CancellationToken);
        await SampleFleet.SendAsync(browser.Host, TestContext.CancellationToken);
        await browser.Page.Context.AddCookiesAsync([new() { Name = "aktodivert-theme", Value = theme, Url = browser.Host.Address.AbsoluteUri }]);
        var faults = new List<string>();
        foreach (var path in Paths)
        {
            await browser.OpenAsync(path);
            faults.AddRange(await FaultsAsync(browser.Page, axe, rules, path));
        }

        foreach (var (path, row, button) in Openings)
        {
            await browser.OpenAsync(path);
            await (button.Length > 0
                ? browser.Page.GetByRole(AriaRole.Button, new() { Name = button }).First
                : browser.Page.GetByRole(AriaRole.Row).Filter(new() { HasTextString = row }).First).ClickAsync();
            await Assertions.Expect(browser.Page.Locator(".rz-dialog, .rz-dialog-side").First).ToBeVisibleAsync();
            await browser.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            faults.AddRange(await FaultsAsync(browser.Page, axe, rules, $"{path} {row}{button}"));
        }

        await browser.OpenAsync("/guardrails/new");
        foreach (var detector in await browser.Page.Locator(".detector input[type=checkbox]").AllAsync())
        {
            await detector.CheckAsync();
        }

        await Assertions.Expect(browser.Page.GetByLabel("Least findings of Secrets")).ToBeVisibleAsync();
        await Assertions.Expect(browser.Page.GetByLabel("Most tokens of Token limit")).ToBeVisibleAsync();
        for (var step = 1; step <= 4; step++)
        {
            faults.AddRange(await FaultsAsync(browser.Page, axe, rules, $"/guardrails/new step {step}"));
            await (step < 4 ? browser.Page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync() : Task.CompletedTask);
        }

        await browser.OpenAsync("/inventory");
        await browser.Page.GetByRole(AriaRole.Tab, new() { Name = "Tools" }).ClickAsync();
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Decide about github", Exact = true }).ClickAsync();
        await Assertions.Expect(browser.Page.GetByLabel("Why")).ToBeVisibleAsync();
        faults.AddRange(await FaultsAsync(browser.Page, axe, rules, "/inventory tools"));
        await browser.OpenAsync("/sessions");
        await browser.Page.GetByRole(AriaRole.Button, new() { Name = "Prices" }).ClickAsync();
        await browser.Page.Locator("button[aria-label^='Change ']").First.ClickAsync();
        await Assertions.Expect(browser.Page.Locator("input[aria-label^='Input price of']")).ToBeVisibleAsync();
        faults.AddRange(await FaultsAsync(browser.Page, axe, rules, "/sessions price"));
        faults.ForEach(TestContext.WriteLine);
        Assert.IsEmpty(faults);
    }

    private static async Task<IEnumerable<string>> FaultsAsync(IPage page, string axe, string rules, string where)
    {
        await page.EvaluateAsync(axe);
        // While something slides or fades in, colours are between two. What turns for ever ends never.
        await page.EvaluateAsync("() => Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime < Infinity).map(a => a.finished))");
        var found = await page.EvaluateAsync<JsonElement>($$"""
            async () => {
              const { violations } = await axe.run({ exclude: [['.rz-legend-item'], ['.rz-tree']] }, { resultTypes: ['violations'], ...{{rules}} });
              // Radzen names a drop-down by what is chosen in it, or "Empty", which axe takes for a name. Its choice of columns says "7 columns" and takes no other.
              const nameless = [...document.querySelectorAll('.rz-dropdown[role=combobox]')].filter(box =>
                !box.closest('.rz-column-picker') && ['', 'Empty', box.innerText.trim()].includes(box.getAttribute('aria-label') ?? ''));
              return [
                ...violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
                  .map(v => `${v.id}: ${v.nodes.length} × ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`),
                ...nameless.map(box => `a drop-down without a name: ${box.outerHTML.slice(0, 300)}`),
              ];
            }
            """);
        return found.EnumerateArray().Select(f => $"{where} {f.GetString()}");
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
