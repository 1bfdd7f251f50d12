using AktoDivert.Proxy.Intercept;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Intercept;

[TestClass]
public sealed class RefusalSuspicionsTests
{
    private readonly TestTimeProvider _time = new();
    private readonly RefusalSuspicions _suspicions;

    public RefusalSuspicionsTests() => _suspicions = new(_time);

    [TestMethod]
    public void The_second_within_a_minute_is_a_refusal()
    {
        Assert.IsFalse(EndedSilently("app", "host"));
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.IsTrue(EndedSilently("app", "host"));
        Assert.IsFalse(EndedSilently("app", "host"), "the count begins anew");
    }

    [TestMethod]
    public void The_second_after_more_than_a_minute_is_a_first_again()
    {
        Assert.IsFalse(EndedSilently("app", "host"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.IsFalse(EndedSilently("app", "host"));
        Assert.IsTrue(EndedSilently("app", "host"));
    }

    [TestMethod]
    public void Another_process_or_host_has_its_own_count()
    {
        Assert.IsFalse(EndedSilently("app", "host"));
        Assert.IsFalse(EndedSilently("app", "other"));
        Assert.IsFalse(EndedSilently("other", "host"));
    }

    [TestMethod]
    public void A_proof_of_trust_stands_for_a_minute()
    {
        Assert.IsFalse(EndedSilently("app", "host"));
        _suspicions.Trusted("app", "host");
        Assert.IsFalse(EndedSilently("app", "host"));
        Assert.IsFalse(EndedSilently("app", "host"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.IsFalse(EndedSilently("app", "host"));
        Assert.IsTrue(EndedSilently("app", "host"));
    }

    [TestMethod]
    public void Connections_raced_at_the_same_time_are_one_sign()
    {
        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.IsFalse(_suspicions.EndedSilently("app", "host", began));
        Assert.IsFalse(_suspicions.EndedSilently("app", "host", began));
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.IsTrue(EndedSilently("app", "host"), "it came back");
    }

    [TestMethod]
    public void Memory_stays_bounded()
    {
        for (var i = 0; i < 20_000; i++)
        {
            EndedSilently("app", $"host{i}");
        }

        Assert.IsFalse(EndedSilently("app", "host0"), "the oldest made room");
    }

    private bool EndedSilently(string process, string host) => _suspicions.EndedSilently(process, host, _time.GetTimestamp());
}
