using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Explaining;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Agent.Policy;

[TestClass]
public sealed class PolicyStoreTests
{
    [TestMethod]
    public void For_one_pattern_the_console_beats_the_command_line_which_beats_the_file()
    {
        using var state = new TemporaryState();
        var options = state.Options with
        {
            Policy = new PolicySection { Patterns = [new ProxyPattern { Pattern = "a.example", Intercept = true }, new ProxyPattern { Pattern = "b.example", Intercept = true }] },
        };
        var store = new PolicyStore(options, null, TimeProvider.System);
        Assert.IsNull(store.AddPattern("A.example", intercept: false, DateTimeOffset.UnixEpoch));
        Assert.IsFalse(Mode(store, "a.example"));

        store.Apply(new AccountSettings { Version = 7, MatchingPatternsForProxy = new Dictionary<string, WirePattern> { ["1"] = new() { Pattern = "a.example", Mode = true } } });

        Assert.IsTrue(Mode(store, "a.example"));
        Assert.IsTrue(Mode(store, "b.example"));
        Assert.AreEqual(7, store.Provider.Current.Settings.Version);
        Assert.AreEqual("console", store.Origin);
    }

    [TestMethod]
    public void The_device_removes_shipped_domains_until_the_console_sends_a_list()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        Assert.Contains("anthropic.com", store.Provider.Current.Settings.AiDomains);
        Assert.IsNull(store.ChangeDomain(DomainList.Ai, "anthropic.com", add: false));
        Assert.DoesNotContain("anthropic.com", store.Provider.Current.Settings.AiDomains);
        Assert.IsNull(store.ChangeDomain(DomainList.Ai, ".Mine.example", add: true));

        store.Apply(new AccountSettings { AiDomains = ["anthropic.com"] });

        CollectionAssert.AreEquivalent(new[] { "anthropic.com", "mine.example" }, store.Provider.Current.Settings.AiDomains.ToArray());
        StringAssert.Contains(store.ChangeDomain(DomainList.Ai, "anthropic.com", add: false), "console holds the list");
    }

    [TestMethod]
    [DataRow("off", ProxyMode.Off)]
    [DataRow("allExcept", ProxyMode.AllExcept)]
    [DataRow("listed", ProxyMode.Listed)]
    [DataRow("9", ProxyMode.Listed)]
    [DataRow("something new", ProxyMode.Listed)]
    public void The_mode_of_the_console_is_kept_until_another_comes(string sent, ProxyMode mode)
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        store.Apply(new AccountSettings { Version = 1, ProxyMode = sent });
        store.Apply(new AccountSettings { Version = 2 });
        Assert.AreEqual(mode, store.Provider.Current.Settings.Mode);
        Assert.AreEqual(mode, new PolicyStore(state.Options, null, TimeProvider.System).Provider.Current.Settings.Mode);
        store.Apply(new AccountSettings { Version = 3, ProxyMode = "listed" });
        Assert.AreEqual(ProxyMode.Listed, store.Provider.Current.Settings.Mode);
    }

    [TestMethod]
    public void Local_and_console_settings_survive_a_restart()
    {
        using var state = new TemporaryState();
        var first = new PolicyStore(state.Options, null, TimeProvider.System);
        first.AddPattern("keep.example", intercept: true, DateTimeOffset.UnixEpoch);
        first.Apply(new AccountSettings { Version = 3, Scope = "all", ChattyDomains = ["noise.example"] });

        var second = new PolicyStore(state.Options, null, TimeProvider.System);

        Assert.IsTrue(Mode(second, "keep.example"));
        Assert.AreEqual(3, second.Provider.Current.Settings.Version);
        Assert.AreEqual(RedirectScope.All, second.Selection.Scope);
        CollectionAssert.AreEqual(new[] { "noise.example" }, second.Provider.Current.Settings.ChattyDomains.ToArray());
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AgentPaths.LocalPolicy(state.Options)));
        }
    }

    [TestMethod]
    public void Apps_of_the_console_are_selected_explained_and_kept_over_a_restart_until_it_takes_them_away()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        var changes = 0;
        store.Changed += () => changes++;
        store.Apply(new AccountSettings
        {
            Apps = [new WireApp { Id = "acme-bot", Name = "Acme bot", Selectors = ["name acme-bot"], PassthroughHosts = ["signin.acme.example"] }, new WireApp { Id = "claude-code", Redirect = false }],
        });
        store.Apply(new AccountSettings { ChattyDomains = [] });

        foreach (var now in new[] { store, new PolicyStore(state.Options, null, TimeProvider.System) })
        {
            var match = now.Selection.Match(new ProcessIdentity { Pid = 7, Name = "acme-bot" });
            Assert.AreEqual(("acme-bot", AppSource.Organisation), (match?.AppId, match?.Source));
            Assert.IsNull(now.Selection.Match(new ProcessIdentity { Pid = 7, Name = "claude", Arguments = ["claude"] }));
            var bot = Explain(now, "acme-bot", "signin.acme.example");
            Assert.AreEqual((true, "of the organisation", RuleSource.BuiltIn), (bot.Selected, bot.AppOrigin, bot.Source));
            var claude = Explain(now, "claude", "api.anthropic.com");
            Assert.AreEqual((false, null), (claude.Selected, claude.AppOrigin));
            StringAssert.Contains(claude.SelectedBy, "claude-code is not redirected: shipped, switched off by the organisation");
        }

        store.Apply(new AccountSettings { Apps = [] });
        Assert.IsNull(store.Selection.Match(new ProcessIdentity { Pid = 7, Name = "acme-bot" }));
        Assert.AreEqual("shipped", Explain(store, "claude", "api.anthropic.com").AppOrigin);
        Assert.AreEqual(3, changes);
    }

    [TestMethod]
    public void Apps_that_are_off_by_default_are_selected_when_the_device_enables_them()
    {
        using var state = new TemporaryState();
        var browser = new ProcessIdentity { Pid = 7, Name = OperatingSystem.IsWindows() ? "firefox.exe" : "firefox" };
        Assert.IsNull(new PolicyStore(state.Options, null, TimeProvider.System).Selection.Match(browser));
        var enabled = state.Options with { Apps = new AppsSection { Enable = ["browsers"] } };
        Assert.AreEqual("browsers", new PolicyStore(enabled, null, TimeProvider.System).Selection.Match(browser)?.AppId);
    }

    [TestMethod]
    public void Absent_members_keep_what_the_console_said_before()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        store.Apply(new AccountSettings { AiDomains = ["one.example"], Version = 1 });
        store.Apply(new AccountSettings { ChattyDomains = ["two.example"], Version = 2 });
        Assert.AreEqual("one.example", store.Provider.Current.Settings.AiDomains.Single());
        Assert.AreEqual("two.example", store.Provider.Current.Settings.ChattyDomains.Single());
    }

    [TestMethod]
    public void A_learned_override_is_applied_once()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        var learned = store.Provider.Learned;
        var pin = new AccountSettings { LearnedOverrides = [new WireLearnedOverride("claude", "api.anthropic.com", "pin", 100)] };
        store.Apply(pin);
        Assert.IsTrue(learned.Find("claude", "api.anthropic.com")!.IsPinned);

        learned.Clear("claude", "api.anthropic.com");
        store.Apply(pin);
        Assert.IsNull(learned.Find("claude", "api.anthropic.com"));

        store.Apply(new AccountSettings { LearnedOverrides = [.. pin.LearnedOverrides!, new WireLearnedOverride("x", "y.example", "pin", 101)] });
        Assert.IsNull(learned.Find("claude", "api.anthropic.com"));
        Assert.IsNotNull(learned.Find("x", "y.example"));
    }

    [TestMethod]
    public void A_bad_pattern_gets_the_parsers_message_and_changes_nothing()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        Assert.IsNotNull(store.AddPattern("bad host", intercept: true, DateTimeOffset.UnixEpoch));
        Assert.IsFalse(File.Exists(AgentPaths.LocalPolicy(state.Options)));
    }

    [TestMethod]
    public void The_consoles_own_host_is_never_intercepted()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, new Uri("https://api.openai.com/"), TimeProvider.System);
        CollectionAssert.AreEqual(new[] { "api.openai.com" }, store.Provider.Current.Settings.OwnHosts.ToArray());
    }

    [TestMethod]
    [Timeout(30_000)]
    public async Task What_is_in_force_is_said_when_all_that_hear_of_a_change_are_done()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        Task<long>? asked = null;
        var answeredEarly = false;
        store.Changed += () =>
        {
            using var asking = new ManualResetEventSlim();
            asked = Task.Run(() =>
            {
                asking.Set();
                return store.InForce.Settings.Version;
            });
            asking.Wait();
            answeredEarly = asked.Wait(TimeSpan.FromMilliseconds(100));
            Assert.AreEqual(7, store.InForce.Settings.Version, "to those that put it in force it is there");
        };

        store.Apply(new AccountSettings { Version = 7 });

        Assert.AreEqual(7, await asked!);
        Assert.IsFalse(answeredEarly);
    }

    [TestMethod]
    public void Settings_that_cannot_be_kept_are_in_force_all_the_same()
    {
        using var state = new TemporaryState();
        var store = new PolicyStore(state.Options, null, TimeProvider.System);
        Directory.CreateDirectory(AgentPaths.ConsoleSettings(state.Options));
        var heard = 0;
        store.Changed += () => heard++;

        Assert.ThrowsExactly<StateFileException>(() => store.Apply(new AccountSettings { Version = 7 }));

        Assert.AreEqual(7, store.InForce.Settings.Version);
        Assert.AreEqual(1, heard, "the redirector must hear of it");
    }

    [TestMethod]
    public void A_damaged_state_file_is_named_with_the_way_out()
    {
        using var state = new TemporaryState();
        state.Write("state/local-policy.json", "{ not json");
        var fault = Assert.ThrowsExactly<StateFileException>(() => new PolicyStore(state.Options, null, TimeProvider.System));
        StringAssert.Contains(fault.Message, "local-policy.json is damaged");
        StringAssert.Contains(fault.Message, "delete it");
    }

    [TestMethod]
    public void Learned_passthroughs_survive_a_restart()
    {
        using var state = new TemporaryState();
        var table = new LearnedPassthroughTable(TimeProvider.System);
        table.Learn("claude", "api.anthropic.com", "refused");
        table.Pin("app", "pinned.example");
        new LearnedFile(state.Options).Save(table);

        var restored = new LearnedPassthroughTable(TimeProvider.System);
        new LearnedFile(state.Options).Restore(restored);

        Assert.HasCount(2, restored.Entries());
        Assert.IsTrue(restored.Find("app", "pinned.example")!.IsPinned);
    }

    private static Explanation Explain(PolicyStore store, string process, string host) => Explainer.Explain(store, _ => true, process, host, out _)!;

    private static bool Mode(PolicyStore store, string pattern) => store.Provider.Current.Settings.Patterns.Single(p => p.Pattern == pattern).Intercept;
}
