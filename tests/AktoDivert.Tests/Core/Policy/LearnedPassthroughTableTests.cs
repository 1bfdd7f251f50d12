using AktoDivert.Core.Policy;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Core.Policy;

[TestClass]
public sealed class LearnedPassthroughTableTests
{
    private readonly TestTimeProvider _time = new();

    [TestMethod]
    public void An_entry_lasts_a_day_and_twice_as_long_after_each_further_refusal()
    {
        var table = new LearnedPassthroughTable(_time);
        foreach (var days in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            table.Learn("node", "API.example", "alert 48");
            _time.Advance(TimeSpan.FromDays(days) - TimeSpan.FromSeconds(1));
            Assert.IsNotNull(table.Find("node", "api.example"), $"{days} days");
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.IsNull(table.Find("node", "api.example"));
        }
    }

    [TestMethod]
    public void Refusals_of_connections_already_under_way_do_not_count()
    {
        var table = new LearnedPassthroughTable(_time);
        var first = table.Learn("bun", "api.example", "closed after the handshake");
        Assert.AreSame(first, table.Learn("bun", "api.example", "closed after the handshake"));
        Assert.AreEqual(1, table.Entries().Single().Refusals);
    }

    [TestMethod]
    public void Another_process_or_host_is_not_affected()
    {
        var table = new LearnedPassthroughTable(_time);
        table.Learn("node", "api.example", "alert 48");
        Assert.IsNull(table.Find("curl", "api.example"));
        Assert.IsNull(table.Find("node", "other.example"));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Windows)]
    public void Windows_programs_are_cleared_by_the_name_a_person_types()
    {
        var table = new LearnedPassthroughTable(_time);
        table.Learn("Claude.exe", "api.example", "alert 48");
        Assert.AreEqual("Claude.exe", table.Entries().Single().Process);
        Assert.IsNotNull(table.Find("claude.exe", "api.example"));
        Assert.IsTrue(table.Clear("claude", "api.example"));
    }

    [TestMethod]
    public void A_pin_stays_until_it_is_cleared()
    {
        var table = new LearnedPassthroughTable(_time);
        var changes = 0;
        table.Changed += () => changes++;
        table.Pin("node", "api.example");
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.IsTrue(table.Find("node", "api.example")!.IsPinned);
        Assert.IsTrue(table.Clear("node", "api.example"));
        Assert.IsFalse(table.Clear("node", "api.example"));
        Assert.IsNull(table.Find("node", "api.example"));
        Assert.AreEqual(2, changes);
    }

    [TestMethod]
    public void A_full_table_gives_up_what_expires_first()
    {
        var table = new LearnedPassthroughTable(_time);
        for (var i = 0; i <= LearnedPassthroughTable.Capacity; i++)
        {
            table.Learn("p", $"h{i}.example", "r");
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.HasCount(LearnedPassthroughTable.Capacity, table.Entries());
        Assert.IsNull(table.Find("p", "h0.example"));
    }

    [TestMethod]
    public void Entries_survive_a_restart_unless_they_expired()
    {
        var table = new LearnedPassthroughTable(_time);
        table.Learn("p", "old.example", "r");
        _time.Advance(TimeSpan.FromHours(23));
        table.Learn("p", "new.example", "r");
        var saved = table.Entries();
        _time.Advance(TimeSpan.FromHours(2));
        var restarted = new LearnedPassthroughTable(_time);
        restarted.Restore(saved);
        Assert.AreEqual("new.example", restarted.Entries().Single().Host);
    }
}
