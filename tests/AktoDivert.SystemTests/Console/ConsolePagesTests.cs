using System.Net.Http.Json;
using System.Text.RegularExpressions;
using AktoDivert.Core.Wire;
using Microsoft.Playwright;

namespace AktoDivert.SystemTests.Console;

/// <summary>
/// Each page's main job in Debian's Chromium against a real console.
/// </summary>
[TestClass]
[TestCategory("System")]
public sealed partial class ConsolePagesTests
{
    private ConsoleBrowser _browser = null!;

    public required TestContext TestContext { get; init; }

    private IPage Page => _browser.Page;

    [TestInitialize]
    public async Task StartAsync() => _browser = await ConsoleBrowser.StartAsync(TestContext.CancellationToken);

    [TestCleanup]
    public async Task StopAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [TestMethod]
    public async Task A_person_chooses_a_password_signs_out_and_in_again()
    {
        await Page.GetByLabel("Name").FillAsync("alice");
        await Page.GetByLabel("New password").FillAsync("correct horse battery");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true })).ToBeVisibleAsync();
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Page.GetByLabel("Name").FillAsync("alice");
        await Page.GetByLabel("Password").FillAsync("correct horse battery");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Overview", Exact = true })).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task Calls_arrive_live_are_filtered_and_open_with_readable_chat()
    {
        await _browser.OpenAsync("/traffic");
        await Expect(Page.GetByText("No calls yet")).ToBeVisibleAsync();
        using var device = await EnrolAsync(await _browser.Host.CreateEnrolmentTokenAsync());

        (await device.PostAsJsonAsync("api/ingestData", SampleCalls.Batch(), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        var row = Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "claude-sonnet-4" });
        await Expect(row.First).ToBeVisibleAsync();
        await Expect(Page.GetByLabel("Calls over time")).ToContainTextAsync("github-copilot");
        var filter = Page.GetByLabel("Filter calls");
        await filter.PressSequentiallyAsync("app:cod");
        await Expect(Page.GetByText("app or process").First).ToBeVisibleAsync();
        await filter.FillAsync("app:codex status:2xx");
        await filter.PressAsync("Enter");
        await Expect(Page.GetByText("(1 calls)")).ToBeVisibleAsync();
        StringAssert.Contains(Uri.UnescapeDataString(Page.Url), "q=app:codex status:2xx");
        await filter.FillAsync("colour:red");
        await filter.PressAsync("Enter");
        await Expect(Page.Locator("#filter-says")).ToContainTextAsync("There is no field \"colour\"");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Clear the filter" }).ClickAsync();
        // The rows move up when the error goes.
        await Expect(Page.Locator("#filter-says")).ToHaveTextAsync("");
        await row.First.ClickAsync();
        await Expect(Page.Locator(".turn.answer")).ToContainTextAsync("monoid in the category");
        await Page.GetByText("Side by side", new() { Exact = true }).ClickAsync();
        var (request, answered) = (Page.GetByRole(AriaRole.Region, new() { Name = "Request" }), Page.GetByRole(AriaRole.Region, new() { Name = "Answer" }));
        await Expect(request.Locator("pre")).ToContainTextAsync("What is a monad?");
        await Expect(answered.Locator("pre")).ToContainTextAsync("monoid in the category");
        var (left, right) = (await request.BoundingBoxAsync(), await answered.BoundingBoxAsync());
        Assert.AreEqual(left!.Y, right!.Y, 1, "beside each other");
        var tab = await Page.Context.RunAndWaitForPageAsync(() => Page.GetByRole(AriaRole.Link, new() { Name = "Open in a new tab" }).ClickAsync());
        await Expect(tab.Locator(".turn.answer")).ToContainTextAsync("monoid in the category");
        await tab.CloseAsync();
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Details" }).ClickAsync();
        await Expect(Page.GetByText("AiDomain .anthropic.com", new() { Exact = true })).ToBeVisibleAsync();
        var curl = await Page.GetByRole(AriaRole.Link, new() { Name = "cURL" }).GetAttributeAsync("href");
        var answer = await Page.APIRequest.GetAsync(new Uri(_browser.Host.Address, curl).AbsoluteUri);
        StringAssert.Contains(await answer.TextAsync(), "curl 'https://api.anthropic.com/v1/messages?beta=true'");
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task Two_hundred_calls_a_second_move_nothing_but_the_rows()
    {
        const int Each = 20;
        const int Batches = 50;
        using var device = await EnrolAsync(await _browser.Host.CreateEnrolmentTokenAsync());
        await SendAsync(0);
        await _browser.OpenAsync("/traffic");
        await Expect(Page.GetByText($"Question {Each - 1}", new() { Exact = true })).ToBeVisibleAsync();
        await Page.EvaluateAsync("""
            () => {
                window.moved = 0;
                window.places = [];
                const isRow = source => source.node?.parentElement?.closest('.rz-data-row') || source.node?.classList?.contains('rz-data-row');
                new PerformanceObserver(seen => seen.getEntries().filter(shift => !shift.sources.every(isRow)).forEach(shift => {
                    window.moved += shift.value;
                    window.places.push(shift.value.toFixed(3) + ' ' + shift.sources.map(s => (s.node?.className || s.node?.nodeName) + ' ' + Math.round(s.previousRect.y) + ' to ' + Math.round(s.currentRect.y)).join(', '));
                })).observe({ type: 'layout-shift' });
            }
            """);

        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var batch = 1; batch < Batches; batch++)
        {
            await SendAsync(batch);
            await pace.WaitForNextTickAsync(TestContext.CancellationToken);
        }

        await Expect(Page.GetByText($"Question {(Each * Batches) - 1}", new() { Exact = true })).ToBeVisibleAsync();
        // Rows go down when newer ones come above them; nothing else does. Google's Web Vitals call a cumulative layout shift of 0.1 good (web.dev/articles/cls).
        var moved = await Page.EvaluateAsync<double>("() => window.moved");
        TestContext.WriteLine($"moved {moved:0.000}: {await Page.EvaluateAsync<string>("() => window.places.join('; ')")}");
        Assert.IsLessThan(0.1, moved);
        _browser.AssertNoFaults();

        async Task SendAsync(int batch) =>
            (await device.PostAsJsonAsync("api/ingestData", SampleCalls.Questions(batch * Each, Each), WireJson.Default.IngestBatch, TestContext.CancellationToken)).EnsureSuccessStatusCode().Dispose();
    }

    [TestMethod]
    public async Task A_filter_from_a_link_stands_in_the_box_and_is_changed_there()
    {
        await SampleFleet.SendAsync(_browser.Host, TestContext.CancellationToken);
        await _browser.OpenAsync("/traffic?q=" + Uri.EscapeDataString("app:cursor"));
        var filter = Page.GetByLabel("Filter calls");
        await Expect(filter).ToHaveValueAsync("app:cursor");
        await filter.PressAsync("End");
        await filter.PressSequentiallyAsync(" ver");
        await Expect(Page.Locator(".suggestion", new() { HasTextString = "verdict" }).First).ToBeVisibleAsync();
        await Expect(filter).ToHaveValueAsync("app:cursor ver");
        await filter.PressSequentiallyAsync("dict:block");
        await filter.PressAsync("Enter");
        await Expect(Page).ToHaveURLAsync(new Regex("verdict"));
        await Expect(filter).ToHaveValueAsync("app:cursor verdict:block");
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task A_column_of_the_graph_narrows_the_table_and_zooming_out_goes_back()
    {
        await SampleFleet.SendAsync(_browser.Host, TestContext.CancellationToken);
        await _browser.OpenAsync("/traffic?q=" + Uri.EscapeDataString("app:cursor"));
        var graph = Page.GetByLabel("Calls over time");
        var filter = Page.GetByLabel("Filter calls");
        var columns = graph.GetByText(" a column, from ");
        var wide = (await columns.TextContentAsync())!;
        await graph.Locator(".rz-column-series path").Nth(3).ClickAsync();
        await Expect(filter).ToHaveValueAsync(Span());
        var once = await filter.InputValueAsync();
        await Expect(Page.GetByText(FewCalls())).ToBeVisibleAsync();

        // What is chosen from the wider graph's columns would be gone with them.
        await Expect(columns).Not.ToHaveTextAsync(wide);

        // Without a pointer, and on from there.
        var zoomIn = graph.GetByRole(AriaRole.Button, new() { Name = "Zoom in" });
        var chosen = graph.Locator(".rz-dropdown").First;
        var shown = new LocatorAssertionsToHaveTextOptions { UseInnerText = true };
        await Expect(chosen).ToHaveTextAsync("From", shown);
        await graph.GetByLabel("Zoom from").PressAsync("ArrowDown");
        await Expect(zoomIn).ToBeEnabledAsync();
        await Expect(chosen).Not.ToHaveTextAsync("From", shown);
        var first = await chosen.InnerTextAsync();
        await graph.GetByLabel("Zoom from").PressAsync("ArrowDown");
        await Expect(chosen).Not.ToHaveTextAsync(first, shown);
        await zoomIn.PressAsync("Enter");
        await Expect(filter).Not.ToHaveValueAsync(once);
        await Expect(filter).ToHaveValueAsync(Span());
        await graph.GetByRole(AriaRole.Button, new() { Name = "Zoom out" }).ClickAsync();
        await Expect(filter).ToHaveValueAsync(once);
        await graph.GetByRole(AriaRole.Button, new() { Name = "Zoom out" }).ClickAsync();
        await Expect(filter).ToHaveValueAsync("app:cursor");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Graph", Exact = true }).ClickAsync();
        await Expect(graph).ToHaveCountAsync(0);
        StringAssert.Contains(Page.Url, "graph=False");
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task Interception_is_switched_off_after_a_question_and_on_again()
    {
        await _browser.OpenAsync("/settings/proxy-patterns");
        var off = Page.GetByRole(AriaRole.Radio, new() { Name = "Off:", Exact = false });
        await off.CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Keep", Exact = true }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Radio, new() { Name = "Intercept what is listed", Exact = false })).ToBeCheckedAsync();
        await Expect(Page.GetByText("Interception is switched off")).ToHaveCountAsync(0);
        await off.CheckAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Switch off", Exact = true }).ClickAsync();
        await Expect(Page.GetByText("Interception is switched off")).ToBeVisibleAsync();
        await _browser.OpenAsync("/");
        await Expect(Page.GetByText("Interception is switched off")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Link, new() { Name = "Proxy mode" }).ClickAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "All except", Exact = false }).CheckAsync();
        await Expect(Page.GetByText("Interception is switched off")).ToHaveCountAsync(0);
        await Expect(Page.GetByText("hosts of known apps intercepted")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Intercept what is listed", Exact = false }).CheckAsync();
        await Expect(Page.GetByText("hosts of known apps intercepted")).ToHaveCountAsync(0);
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task A_pattern_is_validated_as_typed_saved_and_deleted()
    {
        await _browser.OpenAsync("/settings/proxy-patterns");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add pattern" }).First.ClickAsync();
        var input = Page.GetByPlaceholder(".openai.com");
        await input.PressSequentiallyAsync("exa mple");
        await Expect(Page.Locator("#pattern-says.error")).ToBeVisibleAsync();
        await input.FillAsync("*.Example.com");
        await Expect(Page.Locator("#pattern-says.hint")).ToBeVisibleAsync();
        await Page.GetByText("False · bypass").ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.Locator("td code", new() { HasText = "*.example.com" })).ToBeVisibleAsync();
        await Page.GetByLabel("Process and host").FillAsync("claude.exe -> bridge.claudeusercontent.com");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Test", Exact = true }).ClickAsync();
        await Expect(Page.Locator("#test-says")).ToContainTextAsync("Built-in safety");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Delete *.example.com" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(Page.GetByText("No patterns yet")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task Domains_are_searched_and_added_and_the_bad_line_is_named()
    {
        await _browser.OpenAsync("/settings/domains");
        await Expect(Page.Locator("td", new() { HasText = "shipped" }).First).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add domains" }).ClickAsync();
        await Page.GetByLabel("Domains, one a line").FillAsync("new-ai.example\nbad host");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(Page.Locator("#domains-says")).ToContainTextAsync("Line 2, \"bad host\"");
        await Page.GetByLabel("Domains, one a line").FillAsync("new-ai.example");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Page.GetByLabel("Search domains").FillAsync("new-ai");
        await Expect(Page.GetByText("(1 domains)")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task An_app_is_added_with_the_bad_selector_named_switched_changed_and_removed()
    {
        await _browser.OpenAsync("/settings/apps");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        var selectors = Page.GetByLabel("Processes, one selector a line");
        await Page.GetByLabel("Id", new() { Exact = true }).FillAsync("acme-bot");
        await selectors.FillAsync("name acme-bot\nname bin/bot");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.Locator("#selectors-says")).ToContainTextAsync("Selector 2, \"name bin/bot\"");
        await Expect(Page.GetByLabel("Id", new() { Exact = true })).ToHaveValueAsync("acme-bot");
        await selectors.FillAsync("name acme-bot");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.GetByText("App saved")).ToBeVisibleAsync();
        await Expect(Page.Locator(".in-force")).ToContainTextAsync("Version 2");

        await RedirectAsync("acme-bot", "off");
        await RedirectAsync("browsers", "on");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Change acme-bot" }).ClickAsync();
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Acme's bot");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Row("acme-bot")).ToContainTextAsync("Acme's bot");
        await Expect(Row("acme-bot").Locator(".rz-dropdown-label")).ToHaveTextAsync("off");

        await Page.GetByRole(AriaRole.Button, new() { Name = "Remove acme-bot" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(Row("acme-bot")).ToHaveCountAsync(0);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Reset", Exact = true }).ClickAsync();
        await Page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "Reset", Exact = true }).ClickAsync();
        await Expect(Row("browsers").Locator(".rz-dropdown-label")).ToHaveTextAsync("by default: off");
        _browser.AssertNoFaults();

        ILocator Row(string id) => Page.GetByRole(AriaRole.Row).Filter(new() { Has = Page.GetByText(id, new() { Exact = true }) });

        async Task RedirectAsync(string id, string choice)
        {
            await Page.GetByLabel("Search the catalogue").FillAsync(id);
            await Row(id).Locator(".rz-dropdown").ClickAsync();
            await Page.GetByRole(AriaRole.Option, new() { Name = choice, Exact = true }).ClickAsync();
            await Expect(Row(id).Locator(".rz-dropdown-label")).ToHaveTextAsync(choice);
            await Page.GetByLabel("Search the catalogue").FillAsync("");
        }
    }

    [TestMethod]
    public async Task A_device_enrols_with_the_shown_token_and_its_state_is_shown()
    {
        await _browser.OpenAsync("/devices");
        await Expect(Page.GetByText("No devices yet")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Enrol device" }).First.ClickAsync();
        var command = await Page.Locator("#enrol-command", new() { HasTextRegex = TokenPattern() }).InnerTextAsync();
        using var device = await EnrolAsync(TokenPattern().Match(command).Value);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        (await device.PostAsJsonAsync("api/updateModuleInfoForHeartbeat", SampleCalls.Heartbeat(), WireJson.Default.ModuleHeartbeat)).EnsureSuccessStatusCode().Dispose();
        await Expect(Page.GetByText("healthy")).ToBeVisibleAsync();
        await Page.GetByLabel("Choose alice-laptop").CheckAsync();
        await Page.GetByLabel("Tag", new() { Exact = true }).FillAsync("sales");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add tag" }).ClickAsync();
        await Expect(Page.Locator("td .chip", new() { HasText = "sales" })).ToBeVisibleAsync();
        await Page.GetByLabel("Tag", new() { Exact = true }).FillAsync("Sales");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Remove tag" }).ClickAsync();
        await Expect(Page.Locator("td .chip", new() { HasText = "sales" })).ToHaveCountAsync(0);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Choose none" }).ClickAsync();
        await Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "alice-laptop" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Pin ChatGPT.exe" }).ClickAsync();
        await Expect(Page.GetByText("Pinned on every device")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task A_version_is_given_to_a_ring_and_promoted_to_the_next()
    {
        await SampleFleet.SendAsync(_browser.Host, TestContext.CancellationToken);
        await _browser.OpenAsync("/settings/updates");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add ring" }).ClickAsync();
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync("everyone");
        await Page.GetByLabel("Tag of its devices").FillAsync("pilot");
        await Page.GetByLabel("Version").FillAsync("v2");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(Page.Locator("#version-says")).ToContainTextAsync("\"v2\"; write it as agents say it");
        await Expect(Page.Locator("#name-says")).ToContainTextAsync("as ring 1 is; give one of them another name");
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Pilot");
        await Page.GetByLabel("Version").FillAsync("0.1.0");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Promote 0.1.0 to Everyone" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Promote", Exact = true }).ClickAsync();
        // Four devices, of which one runs it.
        await Expect(Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "all other devices" })).ToContainTextAsync("4 devices: 1 on it, 3 due");
        await _browser.OpenAsync("/devices");
        await Expect(Page.GetByText("→ 0.1.0")).ToHaveCountAsync(3);
        await Expect(Page.GetByText("stopped by someone")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task Calls_of_an_app_are_kept_for_days_of_its_own()
    {
        using var device = await EnrolAsync(await _browser.Host.CreateEnrolmentTokenAsync());
        (await device.PostAsJsonAsync("api/ingestData", SampleCalls.Batch(), WireJson.Default.IngestBatch)).EnsureSuccessStatusCode().Dispose();
        await _browser.OpenAsync("/settings/privacy");
        var days = Page.GetByLabel("Days that calls of codex are kept");
        await days.FillAsync("7");
        await days.PressAsync("Enter");
        await Expect(Page.GetByText("Saved")).ToBeVisibleAsync();
        await _browser.OpenAsync("/settings/privacy");
        await Expect(days).ToHaveValueAsync("7");
        await _browser.OpenAsync("/settings/forwarding");
        await Expect(Page.GetByText("Calls stay here")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task A_server_is_denied_one_of_its_tools_allowed_for_a_while_and_the_reason_is_shown()
    {
        await SampleFleet.SendAsync(_browser.Host, TestContext.CancellationToken);
        await _browser.OpenAsync("/inventory");
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Tools" }).ClickAsync();
        await Page.GetByRole(AriaRole.Button, new() { Name = "Decide about github", Exact = true }).ClickAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Deny" }).ClickAsync();
        await Page.GetByLabel("Why").FillAsync("not reviewed");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        var tool = Page.GetByRole(AriaRole.Row).Filter(new() { HasTextString = "create_issue" });
        await Expect(tool).ToContainTextAsync("denied with its server");
        await _browser.OpenAsync("/traffic?call=r3");
        await Expect(Page.GetByText("Inventory denies it: mcp__github__create_issue.")).ToBeVisibleAsync();
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Tools" }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Listitem).Filter(new() { HasTextString = "create_issue" })).ToContainTextAsync("denied");

        await _browser.OpenAsync("/inventory");
        await Page.GetByRole(AriaRole.Tab, new() { Name = "Tools" }).ClickAsync();
        await tool.GetByRole(AriaRole.Button).ClickAsync();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Allow" }).ClickAsync();
        await Page.Locator(".rz-dialog .rz-dropdown").ClickAsync();
        await Page.GetByRole(AriaRole.Option, new() { Name = "for a week" }).ClickAsync();
        await Page.GetByLabel("Why").FillAsync("ticket 42");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(tool).ToContainTextAsync("allowed");
        await Expect(tool).ToContainTextAsync("until");
        await _browser.OpenAsync("/settings/audit");
        await Expect(Page.GetByText("github (all tools) Denied: not reviewed")).ToBeVisibleAsync();
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task The_style_stays_when_the_circuit_starts_and_the_dark_look_is_kept()
    {
        await Page.AddInitScriptAsync("document.addEventListener('DOMContentLoaded', () => document.querySelectorAll('link[rel=stylesheet]').forEach(l => l.dataset.first = ''))");
        await _browser.OpenAsync("/sessions");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Prices" }).ClickAsync();
        await Expect(Page.Locator(".rz-dialog")).ToBeVisibleAsync();
        await Expect(Page.Locator("link[rel=stylesheet][data-first]")).ToHaveCountAsync(3);
        await Expect(Page.Locator("link[rel=stylesheet]:not([data-first])")).ToHaveCountAsync(0);

        await _browser.OpenAsync("/sessions");
        for (var i = 0; i < 2; i++)
        {
            await Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync();
            await Expect(Page.Locator("link[href*='standard-dark-base']")).ToHaveCountAsync(1 - i);
            await Expect(Page.Locator("link[href*='standard-base']")).ToHaveCountAsync(i);
        }

        await Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" }).ClickAsync();
        await Expect(Page.Locator("link[href*='standard-dark-base']")).ToHaveCountAsync(1);
        await _browser.OpenAsync("/sessions");
        await Expect(Page.Locator("link[href*='standard-dark-base']")).ToHaveCountAsync(1);
        await Expect(Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark" })).ToContainTextAsync("light_mode");
        _browser.AssertNoFaults();
    }

    [TestMethod]
    public async Task The_overview_names_who_has_most_open_violations_and_leads_to_them()
    {
        await SampleFleet.SendAsync(_browser.Host, TestContext.CancellationToken);
        await _browser.OpenAsync("/");
        var risks = Page.Locator(".risks section");
        await Expect(risks.First.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        var worst = await risks.Last.GetByRole(AriaRole.Listitem).First.Locator(".dim").InnerTextAsync();
        var user = risks.Last.GetByRole(AriaRole.Link).First;
        var name = await user.InnerTextAsync();
        await user.ClickAsync();
        await Expect(Page.GetByLabel("User", new() { Exact = true })).ToHaveValueAsync(name);
        await Expect(Page.Locator(".rz-data-row")).ToHaveCountAsync(int.Parse(worst, System.Globalization.CultureInfo.InvariantCulture));
        _browser.AssertNoFaults();
    }

    [GeneratedRegex("akd_enrol_[A-Za-z0-9_-]+")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("^app:cursor since:[-T:0-9]+ until:[-T:0-9]+$")]
    private static partial Regex Span();

    [GeneratedRegex("\\([1-9] calls\\)")]
    private static partial Regex FewCalls();

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static IPageAssertions Expect(IPage page) => Assertions.Expect(page);

    private async Task<HttpClient> EnrolAsync(string token)
    {
        var client = new HttpClient { BaseAddress = _browser.Host.Address };
        using var answer = await client.PostAsJsonAsync(
            "api/agent/enrol", new EnrolRequest(token, "agent-1", "alice-laptop", "linux"), WireJson.Default.EnrolRequest, TestContext.CancellationToken);
        answer.EnsureSuccessStatusCode();
        var enrolled = await answer.Content.ReadFromJsonAsync(WireJson.Default.EnrolResponse, TestContext.CancellationToken);
        client.DefaultRequestHeaders.TryAddWithoutValidation("authorization", enrolled!.DeviceToken);
        return client;
    }
}
