using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Agent.Policy;

[TestClass]
public sealed class AppLayersTests
{
    [TestMethod]
    [DataRow("claude-code", "", null, true, "shipped")]
    [DataRow("browsers", "", null, false, "shipped, off by default")]
    [DataRow("claude-code", "disable", null, false, "shipped, switched off by this device")]
    [DataRow("browsers", "enable", null, true, "shipped, switched on by this device")]
    [DataRow("claude-code", "disable", true, true, "shipped, switched on by the organisation")]
    [DataRow("browsers", "enable", false, false, "shipped, switched off by the organisation")]
    [DataRow("mine", "add", null, true, "of this device")]
    [DataRow("mine", "add", false, false, "of this device, switched off by the organisation")]
    [DataRow("theirs", "", null, true, "of the organisation")]
    [DataRow("theirs", "", true, true, "of the organisation")]
    [DataRow("theirs", "", false, false, "of the organisation, switched off")]
    public void The_console_beats_the_device_which_beats_the_catalogue(string id, string device, bool? console, bool redirected, string origin)
    {
        var section = device switch
        {
            "enable" => new AppsSection { Enable = [id] },
            "disable" => new AppsSection { Disable = [id] },
            "add" => new AppsSection { Add = [new CatalogueApp(id, id, [new(ProcessSelectorKind.Name, id)], [], []) { Source = AppSource.Device }] },
            _ => new AppsSection(),
        };
        var said = new WireApp { Id = id, Redirect = console, Selectors = id == "theirs" ? ["name theirs"] : null };

        var app = AppLayers.Combine(section, [said], []).Single(a => a.App.Id == id);

        Assert.AreEqual((redirected, origin), (app.Redirected, app.Origin));
    }

    [TestMethod]
    public void An_app_of_two_layers_is_recognised_by_the_selectors_of_both_the_stronger_first()
    {
        var device = new AppsSection { Add = [new CatalogueApp("bot", "Bot", [new(ProcessSelectorKind.Name, "bot")], [], []) { Source = AppSource.Device }] };

        var apps = AppLayers.Combine(device, [new WireApp { Id = "bot", Selectors = ["name bot", "name bot2"] }], []);

        var selection = new ProcessSelection(RedirectScope.AllowList, [.. apps.Select(a => a.App)]);
        Assert.AreEqual(AppSource.Organisation, selection.Match(new ProcessIdentity { Pid = 7, Name = "bot" })!.Source);
        Assert.AreEqual("bot", selection.Match(new ProcessIdentity { Pid = 7, Name = "bot2" })!.AppId);
    }

    [TestMethod]
    public void What_cannot_be_read_is_left_out_and_named_and_the_rest_holds()
    {
        var errors = new List<string>();
        WireApp[] console = [null!, new WireApp { Redirect = false }, new WireApp { Id = "bot", Selectors = ["name bot", "colour red"] }, new WireApp { Id = "bot", Redirect = false }, new WireApp { Id = "no id", Selectors = ["name x"] }];

        var bot = AppLayers.Combine(new AppsSection(), console, errors).Single(a => a.App.Source == AppSource.Organisation);

        Assert.IsTrue(bot.Redirected);
        Assert.AreEqual("name bot", bot.App.Selectors.Single().ToString());
        Assert.HasCount(2, errors);
        StringAssert.StartsWith(errors[1], "app no id: 'no id' is no id");
        StringAssert.StartsWith(errors[0], "app bot: Selector 2, \"colour red\": 'colour' is no kind");
    }
}
