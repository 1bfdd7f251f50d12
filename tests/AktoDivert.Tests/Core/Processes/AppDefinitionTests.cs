using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Core.Processes;

[TestClass]
public sealed class AppDefinitionTests
{
    [TestMethod]
    public void An_app_is_read_with_its_hosts_in_canonical_form()
    {
        var app = AppDefinition.Read(
            new WireApp { Id = "acme-bot", Selectors = ["name acme-bot", "path /opt/acme/*"], Hosts = ["LLM.Acme.example"], PassthroughHosts = [".signin.acme.example"] }, out var faults);

        Assert.IsEmpty(faults);
        Assert.AreEqual(("acme-bot", "acme-bot", AppSource.Organisation), (app.Id, app.Name, app.Source));
        CollectionAssert.AreEqual(new[] { "name acme-bot", "path /opt/acme/*" }, app.Selectors.Select(s => s.ToString()).ToArray());
        Assert.AreEqual("llm.acme.example", app.Hosts.Single());
        Assert.AreEqual(".signin.acme.example", app.PassthroughHosts.Single());
    }

    [TestMethod]
    public void Every_fault_is_named_with_its_field_and_place_and_the_rest_is_read()
    {
        var app = AppDefinition.Read(
            new WireApp { Id = "Acme bot", Name = new string('n', 101), Selectors = ["name acme-bot", "nam x", null!], Hosts = ["a.example", "exa mple"], PassthroughHosts = ["https://"] },
            out var faults);

        CollectionAssert.AreEqual(
            new[] { "id", "name", "selectors", "selectors", "hosts", "passthroughHosts" }, faults.Select(f => f.Field).ToArray());
        StringAssert.StartsWith(faults[2].Problem, "Selector 2, \"nam x\": 'nam' is no kind of selector");
        StringAssert.StartsWith(faults[4].Problem, "Host 2, \"exa mple\": ");
        Assert.AreEqual("name acme-bot", app.Selectors.Single().ToString());
        Assert.AreEqual("a.example", app.Hosts.Single());
    }

    [TestMethod]
    public void An_app_needs_an_id_and_a_selector()
    {
        AppDefinition.Read(new WireApp(), out var faults);
        CollectionAssert.AreEqual(new[] { "id", "selectors" }, faults.Select(f => f.Field).ToArray());
    }

    [TestMethod]
    public void What_is_too_much_is_named_and_not_read()
    {
        var app = AppDefinition.Read(new WireApp { Id = "a", Selectors = [.. Enumerable.Range(0, 10_000).Select(i => $"name bot-{i}")] }, out var faults);
        Assert.HasCount(AppDefinition.MostSelectors, app.Selectors);
        StringAssert.Contains(faults.Single().Problem, "10000 entries; at most 50");
    }
}
