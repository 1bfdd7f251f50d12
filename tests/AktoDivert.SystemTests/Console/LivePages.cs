using System.Text.RegularExpressions;
using AktoDivert.Core.Policy;
using AktoDivert.Lab.Upstream.Shapes;
using AktoDivert.SystemTests.EndToEnd;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>Each page's main job with nothing made up: the built console, the built agent, and what real clients send through it.</summary>
public abstract partial class LivePages
{
    // Not a key of anybody; in two parts, so that no scanner takes this file for a leak.
    private const string Key = "AKIA" + "Q3EGRZ7PLM5XT2WD";

    private static LiveConsole s_live = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancellation => TestContext.CancellationToken;

    private static IPage Page => s_live.Page;

    private protected static async Task StartAsync(bool onPostgres, TestContext context) => s_live = await LiveConsole.StartAsync(onPostgres, context.CancellationToken);

    private protected static async Task StopAsync()
    {
        if (s_live is not null)
        {
            await s_live.DisposeAsync();
        }
    }

    [TestCleanup]
    public void NoFault() => s_live.Browser.AssertNoFaults();

    [TestMethod]
    [Timeout(60_000)]
    public async Task The_numbers_of_the_overview_lead_to_their_rows()
    {
        await s_live.Browser.OpenAsync("/");
        await Expect(Tile("Devices healthy")).ToContainTextAsync("1 of 1");
        await Expect(Tile("Calls")).ToHaveTextAsync(Counted());
        await Tile("Calls").ClickAsync();
        await Expect(Page.GetByText(CallsCounted())).ToBeVisibleAsync();
        await Expect(Row("api.githubcopilot.com").First).ToBeVisibleAsync();

        await s_live.Browser.OpenAsync("/");
        await Page.GetByRole(AriaRole.Link, new() { Name = "Chatty" }).ClickAsync();
        await Expect(Row("statsig.anthropic.com").First).ToBeVisibleAsync();
        await Expect(Row("api.githubcopilot.com")).ToHaveCountAsync(0);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_call_appears_while_one_looks_and_opens_with_what_was_said()
    {
        await s_live.Browser.OpenAsync("/traffic");
        var call = await s_live.RunAsync("node-anthropic-stream", Cancellation);
        await Row(call).ClickAsync();
        await Expect(Page.Locator(".turn").First).ToContainTextAsync($"This is lab call {call}.");
        await Expect(Page.Locator(".turn.answer")).ToContainTextAsync(Answers.Text);
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await Expect(Page.GetByText("AiDomain", new() { Exact = false }).First).ToBeVisibleAsync();
        Assert.IsFalse((await Page.ContentAsync()).Contains($"lab-{call}", StringComparison.Ordinal), "the key that the client sent");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_flow_that_passed_through_is_shown_with_its_reason()
    {
        await s_live.Browser.OpenAsync("/traffic?view=flows");
        await s_live.RunAsync("unrelated", Cancellation);
        await Row("www.example.org").First.ClickAsync();
        await Expect(Drawer.Locator(".why")).Not.ToBeEmptyAsync();
        await Expect(Drawer).ToContainTextAsync("Default");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_node_of_the_tree_filters_and_the_filter_is_shown()
    {
        await s_live.Browser.OpenAsync("/traffic?tree=true");
        var tree = Page.GetByLabel("By process").Locator(".rz-tree");
        await Expect(tree.GetByText("lab-pc")).ToBeVisibleAsync();
        await tree.Locator(".rz-treenode-content").Filter(new() { HasTextRegex = CurlNode() }).Locator(".rz-tree-toggler").ClickAsync();
        // Another node comes: what is open stays open.
        await s_live.RunAsync("curl-h1", Cancellation);
        await Expect(tree.Locator(".node-name", new() { HasTextString = "api.openai.com" }).First).ToBeVisibleAsync();
        await tree.Locator(".node-name", new() { HasTextString = "api.githubcopilot.com" }).First.ClickAsync();
        await Expect(Page.GetByLabel("Filter calls")).ToHaveValueAsync(new Regex("host=api.githubcopilot.com$"));
        await Expect(Row("api.githubcopilot.com").First).ToBeVisibleAsync();
        await Expect(Row("api.openai.com")).ToHaveCountAsync(0);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task The_inventory_knows_app_and_endpoint_and_keeps_a_decision()
    {
        await s_live.Browser.OpenAsync("/inventory");
        var app = Row("node").First;
        await app.Locator(".rz-dropdown").ClickAsync();
        await Page.GetByRole(AriaRole.Option, new() { Name = "Tolerated" }).ClickAsync();
        await Expect(Page.GetByText("is tolerated")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Endpoints" }).ClickAsync();
        await Expect(Row("/chat/completions").Filter(new() { HasTextString = "api.githubcopilot.com" }).First).ToBeVisibleAsync();
        await s_live.Browser.OpenAsync("/inventory");
        await Expect(Row("node").First).ToContainTextAsync("Tolerated");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_conversation_is_listed_and_opens_with_its_turns()
    {
        await s_live.Browser.OpenAsync("/sessions");
        var call = await s_live.RunAsync("node-openai", Cancellation);
        await Page.GetByLabel("Search sessions").FillAsync(call);
        await Page.GetByRole(AriaRole.Link, new() { Name = call }).ClickAsync();
        await Page.Locator(".turn-card", new() { HasTextString = call }).ClickAsync();
        await Expect(Page.Locator(".turn.answer")).ToContainTextAsync(Answers.Text);
    }

    [TestMethod]
    [Timeout(90_000)]
    public async Task A_policy_made_in_the_wizard_finds_a_violation_that_is_triaged()
    {
        await s_live.Browser.OpenAsync("/guardrails/new?detector=secrets");
        for (var step = 0; step < 3; step++)
        {
            await Page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        }

        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync("No keys in the lab");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(Page.GetByText("Policy saved")).ToBeVisibleAsync();
        await s_live.Browser.OpenAsync("/violations");
        await Until.TrueAsync(
            async () =>
            {
                var sent = await s_live.Product.CurlAsync(
                    Cancellation, "-H", "content-type: application/json", "-d",
                    $$"""{"model":"gpt-5","messages":[{"role":"user","content":"Deploy with {{Key}} please."}]}""", "https://api.openai.com/v1/chat/completions");
                Assert.AreEqual(0, sent.ExitCode, sent.Error);
                return (await s_live.Product.ConsoleAsync("/api/admin/violations", Cancellation)).GetArrayLength() > 0;
            },
            TimeSpan.FromSeconds(20), () => "no violation", Cancellation);
        await Row("No keys in the lab").First.ClickAsync();
        await Expect(Drawer.Locator(".evidence")).ToContainTextAsync("Amazon Web Services");
        Assert.IsFalse((await Page.ContentAsync()).Contains(Key, StringComparison.Ordinal), "evidence is masked");
        await Drawer.GetByLabel("Comment").FillAsync("A key of the lab.");
        await Drawer.GetByRole(AriaRole.Button, new() { Name = "Comment", Exact = true }).ClickAsync();
        await Expect(Drawer.GetByText("A key of the lab.")).ToBeVisibleAsync();
        await Drawer.Locator(".triage .rz-dropdown").First.ClickAsync();
        await Page.GetByRole(AriaRole.Option, new() { Name = "Resolved" }).ClickAsync();
        await Expect(Page.GetByText("Now resolved")).ToBeVisibleAsync();
        await s_live.Browser.OpenAsync("/violations?state=Resolved");
        await Expect(Row("No keys in the lab").First).ToBeVisibleAsync();
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_device_shows_what_its_agent_says()
    {
        await s_live.Browser.OpenAsync("/devices");
        await Row("lab-pc").ClickAsync();
        await Expect(Drawer).ToContainTextAsync("Active");
        await Expect(Drawer).ToContainTextAsync("flow.intercept");
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_device_is_asked_for_diagnostics_and_answers_without_secrets()
    {
        await s_live.Browser.OpenAsync("/devices");
        await Row("lab-pc").ClickAsync();
        await Drawer.GetByRole(AriaRole.Button, new() { Name = "Ask for diagnostics" }).ClickAsync();
        await Expect(Drawer.GetByText("kernel version")).ToBeVisibleAsync();
        var link = await Drawer.GetByRole(AriaRole.Link, new() { Name = "Download" }).GetAttributeAsync("href");
        var report = await (await Page.APIRequest.GetAsync(new Uri(s_live.Product.Demo.ConsoleAddress, link).AbsoluteUri)).TextAsync();
        TestContext.WriteLine($"{report.Length} characters");
        StringAssert.Contains(report, "settings version");
        StringAssert.Contains(report, "\"coverage\"");
        foreach (var secret in new[] { "akd_", "sk-made-up", "PRIVATE KEY" })
        {
            Assert.IsFalse(report.Contains(secret, StringComparison.Ordinal), secret);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task A_pattern_saved_in_the_page_is_in_force_on_the_agent()
    {
        const string host = "api.openai.com";
        await s_live.Browser.OpenAsync("/settings/proxy-patterns");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add pattern" }).First.ClickAsync();
        await Page.GetByPlaceholder(".openai.com").FillAsync(host);
        await Page.GetByText("False · bypass").ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.Locator("td code", new() { HasTextString = host })).ToBeVisibleAsync();
        await Until.TrueAsync(
            async () => await s_live.Product.ExplainAsync("curl", host, Cancellation) is { Source: RuleSource.ProxyPattern, Action: InterceptAction.Passthrough },
            TimeSpan.FromSeconds(1), () => "not in force after a second", Cancellation);

        var since = DateTimeOffset.UtcNow;
        Assert.AreEqual(0, (await s_live.Product.CurlAsync(Cancellation, $"https://{host}/echo")).ExitCode);
        Assert.AreEqual("Passthrough", (await s_live.Product.FlowsAsync(host, since, Cancellation)).Single().Action);
        await s_live.Browser.OpenAsync("/traffic?view=flows&q=" + Uri.EscapeDataString($"host={host} decrypt:passed"));
        await Expect(Row(host).First).ToContainTextAsync("passed");
        await s_live.Product.DeletePatternAsync(host, Cancellation);
    }

    [TestMethod]
    [Timeout(90_000)]
    public async Task An_app_added_in_the_page_is_redirected_at_once_and_no_more_when_it_is_switched_off()
    {
        const string host = "api.openai.com";
        const string program = "fetcher";
        await s_live.Browser.OpenAsync("/settings/apps");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await Page.GetByLabel("Id", new() { Exact = true }).FillAsync(program);
        await Page.GetByLabel("Processes, one selector a line").FillAsync($"name {program}");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Row(program).First).ToBeVisibleAsync();
        await SelectedAsync(true);
        Assert.AreEqual("of the organisation", (await s_live.Product.ExplainAsync(program, host, Cancellation)).AppOrigin);
        await Expect(Page.Locator(".in-force")).ToContainTextAsync("1 of 1");

        var since = DateTimeOffset.UtcNow;
        await s_live.RunAsync("not-allowed", Cancellation);
        var flow = (await s_live.Product.FlowsAsync(host, since, Cancellation)).Single();
        Assert.AreEqual((program, "Intercept"), (flow.App, flow.Action));

        await Row(program).Locator(".rz-dropdown").ClickAsync();
        await Page.GetByRole(AriaRole.Option, new() { Name = "off", Exact = true }).ClickAsync();
        await SelectedAsync(false);
        since = DateTimeOffset.UtcNow;
        await s_live.RunAsync("not-allowed", Cancellation);
        Assert.IsEmpty(await s_live.Product.FlowsAsync(host, since, Cancellation));
        await s_live.Browser.OpenAsync("/traffic?view=flows&q=" + Uri.EscapeDataString($"app={program}"));
        await Expect(Row(host).First).ToBeVisibleAsync();

        Task SelectedAsync(bool selected) => Until.TrueAsync(
            async () => (await s_live.Product.ExplainAsync(program, host, Cancellation)).Selected == selected,
            TimeSpan.FromSeconds(1), () => "not in force after a second", Cancellation);
    }

    [GeneratedRegex("^\\s*Calls\\s*[1-9][0-9,]*")]
    private static partial Regex Counted();

    // The icon's name stands before the process.
    [GeneratedRegex("^\\s*terminal\\s*curl")]
    private static partial Regex CurlNode();

    [GeneratedRegex("\\([1-9][0-9]* calls\\)")]
    private static partial Regex CallsCounted();

    private static ILocator Tile(string label) => Page.Locator("a.stat", new() { HasTextString = label });

    private static ILocator Row(string text) => Page.GetByRole(AriaRole.Row).Filter(new() { HasTextString = text });

    private static ILocator Drawer => Page.Locator(".drawer");

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
