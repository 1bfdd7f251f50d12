using System.Net;
using AktoDivert.Core.Policy;

namespace AktoDivert.Tests.Core.Policy;

[TestClass]
public sealed class InterceptReachTests
{
    private static readonly IPEndPoint s_anywhere = new(IPAddress.Parse("203.0.113.7"), 443);

    [TestMethod]
    [DataRow("api.openai.com", "api.openai.com", true, false)]
    [DataRow("api.openai.com:8443", "api.openai.com", true, false)]
    [DataRow("https://api.openai.com/v1/*", "api.openai.com", true, false)]
    [DataRow(".openai.com", "openai.com", true, true)]
    [DataRow("*.openai.com", "openai.com", false, true)]
    [DataRow("*-aiplatform.googleapis.com", "googleapis.com", false, true)]
    [DataRow("api.*.example.com", "example.com", false, true)]
    [DataRow("*.openai.*", "", false, true)]
    public void The_area_of_a_pattern_has_all_that_it_matches(string pattern, string domain, bool itself, bool below) =>
        Assert.AreEqual(new HostArea(domain, itself, below), HostArea.Of(Parse(pattern)));

    [TestMethod]
    [DataRow("10.0.0.0/8")]
    [DataRow("10.1.2.3")]
    [DataRow("2001:db8::1")]
    public void A_pattern_of_addresses_has_no_area(string pattern) => Assert.IsNull(HostArea.Of(Parse(pattern)));

    [TestMethod]
    public void Only_rules_that_intercept_have_areas()
    {
        var reach = Reach(new PolicySettings
        {
            Patterns = [Pattern("a.one.example", true), Pattern("b.two.example", false), Pattern("10.0.0.0/8", true)],
            ChattyDomains = ["three.example"],
            AiDomains = ["four.example"],
            OwnHosts = ["five.example"],
        });

        CollectionAssert.AreEquivalent(
            new HostArea[] { new("a.one.example", true, false), new("four.example", true, true) }, reach.Areas.ToArray());
    }

    [TestMethod]
    public void Hosts_of_apps_have_areas_where_the_mode_intercepts_them()
    {
        var settings = new PolicySettings { Mode = ProxyMode.AllExcept };
        var hosts = settings.Apps.SelectMany(app => app.Hosts).ToArray();
        Assert.AreNotEqual(0, hosts.Length);

        Assert.IsTrue(hosts.All(host => Reach(settings).Areas.Contains(HostArea.Of(Parse(host))!.Value)));
        Assert.IsEmpty(Reach(settings with { Mode = ProxyMode.Listed }).Areas);
    }

    [TestMethod]
    public void Switched_off_nothing_is_reached() =>
        Assert.IsEmpty(Reach(new PolicySettings { Mode = ProxyMode.Off, AiDomains = ["openai.com"] }).Areas);

    [TestMethod]
    [DataRow("chatgpt.com", true)]
    [DataRow("ab.chatgpt.com", true)]
    [DataRow("www.googleapis.com", true)]
    [DataRow("notchatgpt.com", false)]
    [DataRow("www.example.com", false)]
    [DataRow("localhost", false)]
    public void A_host_of_the_same_site_is_near(string host, bool near) =>
        Assert.AreEqual(near, Reach(new PolicySettings { AiDomains = ["chatgpt.com"], Patterns = [Pattern("*-aiplatform.googleapis.com", true)] }).IsNear(host, s_anywhere));

    [TestMethod]
    public void An_address_that_is_intercepted_is_near()
    {
        var reach = Reach(new PolicySettings { Patterns = [Pattern("203.0.113.0/24", true)] });

        Assert.IsTrue(reach.IsNear("www.example.com", s_anywhere));
        Assert.IsTrue(reach.IsNear("www.example.com", new IPEndPoint(s_anywhere.Address.MapToIPv6(), 443)));
        Assert.IsFalse(reach.IsNear("www.example.com", new IPEndPoint(IPAddress.Parse("198.51.100.7"), 443)));
    }

    [TestMethod]
    [DataRow("*.openai.*")]
    [DataRow("*.com")]
    public void All_is_near_a_pattern_without_a_site(string pattern) =>
        Assert.IsTrue(Reach(new PolicySettings { Patterns = [Pattern(pattern, true)] }).IsNear("www.example.net", s_anywhere));

    private static InterceptReach Reach(PolicySettings settings) => PolicySnapshot.Compile(settings, out _).Reach;

    private static ProxyPattern Pattern(string pattern, bool intercept) => new() { Pattern = pattern, Intercept = intercept };

    private static HostPattern Parse(string text) => HostPattern.TryParse(text, out var pattern, out var error) ? pattern! : throw new ArgumentException(error);
}
