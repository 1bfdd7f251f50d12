using System.Net;
using AktoDivert.Core.Policy;

namespace AktoDivert.Tests.Core.Policy;

[TestClass]
public sealed class HostPatternTests
{
    private static readonly IPEndPoint Somewhere = new(IPAddress.Parse("203.0.113.7"), 443);

    [TestMethod]
    [DataRow("api.openai.com", "api.openai.com", true)]
    [DataRow("api.openai.com", "API.OpenAI.com", true)]
    [DataRow("api.openai.com.", "api.openai.com", true)]
    [DataRow("api.openai.com", "x.api.openai.com", false)]
    [DataRow(".openai.com", "openai.com", true)]
    [DataRow(".openai.com", "a.b.openai.com", true)]
    [DataRow(".openai.com", "evilopenai.com", false)]
    [DataRow("*.openai.*", "api.openai.com", true)]
    [DataRow("*.openai.*", "a.b.openai.co.uk", true)]
    [DataRow("*.openai.*", "openai.com", false)]
    [DataRow("*.openai.*", "api.notopenai.com", false)]
    [DataRow("*-aiplatform.googleapis.com", "europe-west1-aiplatform.googleapis.com", true)]
    [DataRow("*-aiplatform.googleapis.com", "a.europe-aiplatform.googleapis.com", false)]
    [DataRow("bedrock-runtime.*.amazonaws.com", "bedrock-runtime.eu-central-1.amazonaws.com", true)]
    [DataRow("*", "anything.example", true)]
    [DataRow("bücher.example", "xn--bcher-kva.example", true)]
    [DataRow("https://api.openai.com/v1/*", "api.openai.com", true)]
    [DataRow("host_with_underscore.example", "host_with_underscore.example", true)]
    public void Names_match_on_label_boundaries(string pattern, string host, bool expected)
    {
        Assert.IsTrue(HostPattern.TryParse(pattern, out var parsed, out var error), error);
        Assert.AreEqual(expected, parsed!.Matches(host, Somewhere));
    }

    [TestMethod]
    [DataRow("10.0.0.0/8", "10.200.1.2", 443, true)]
    [DataRow("10.0.0.0/8", "11.0.0.1", 443, false)]
    [DataRow("10.1.2.3", "10.1.2.3", 443, true)]
    [DataRow("10.1.2.3:8443", "10.1.2.3", 443, false)]
    [DataRow("10.1.2.3:8443", "10.1.2.3", 8443, true)]
    [DataRow("10.1.2.3", "::ffff:10.1.2.3", 443, true)]
    [DataRow("2001:db8::/32", "2001:db8:1::5", 443, true)]
    [DataRow("[2001:db8::1]:8443", "2001:db8::1", 8443, true)]
    [DataRow("2001:db8::1", "2001:db8::2", 443, false)]
    public void Addresses_match_the_original_destination(string pattern, string address, int port, bool expected)
    {
        Assert.IsTrue(HostPattern.TryParse(pattern, out var parsed, out var error), error);
        Assert.AreEqual(expected, parsed!.Matches(null, new IPEndPoint(IPAddress.Parse(address), port)));
    }

    [TestMethod]
    [DataRow("", "empty")]
    [DataRow("  ", "empty")]
    [DataRow("a b.example", "white space")]
    [DataRow("http://a.example/x", "only https://")]
    [DataRow("a..example", "empty label")]
    [DataRow("a.example:0", "not a port")]
    [DataRow("a.example:99999", "not a port")]
    [DataRow("a.example:", "not a port")]
    [DataRow("a.example/path", "https://host/path/*")]
    [DataRow("10.0.0.0/99", "address range")]
    [DataRow("10.0.0", "not an IP address")]
    [DataRow("256.1.1.1", "not an IP address")]
    [DataRow("[2001:db8::1", "bracket")]
    [DataRow("user@a.example", "user name")]
    [DataRow("a!.example", "'!'")]
    [DataRow(".*.example", "leading dot")]
    [DataRow(".", "host is missing")]
    [DataRow("https://a.example/x?y=1", "query")]
    [DataRow("https://", "host is missing")]
    public void Everything_else_is_refused_with_a_reason(string pattern, string expected)
    {
        Assert.IsFalse(HostPattern.TryParse(pattern, out _, out var error));
        StringAssert.Contains(error, expected);
    }

    [TestMethod]
    public void A_label_of_64_characters_is_refused() =>
        Assert.IsFalse(HostPattern.TryParse(new string('a', 64) + ".example", out _, out _));

    [TestMethod]
    [DataRow("openai.com", "api.openai.com", true)]
    [DataRow(".openai.com", "openai.com", true)]
    [DataRow("OpenAI.com.", "x.openai.com", true)]
    [DataRow("openai.com", "evilopenai.com", false)]
    public void A_domain_entry_means_the_domain_and_every_subdomain(string entry, string host, bool expected)
    {
        Assert.IsTrue(HostPattern.TryParseDomain(entry, out var parsed, out var error), error);
        Assert.AreEqual(expected, parsed!.Matches(host, Somewhere));
    }

    [TestMethod]
    [DataRow("10.0.0.0/8")]
    [DataRow("10.1.2.3")]
    [DataRow("a.example:443")]
    [DataRow("https://a.example/x")]
    public void A_domain_list_holds_names_only(string entry) => Assert.IsFalse(HostPattern.TryParseDomain(entry, out _, out _));

    [TestMethod]
    [DataRow("API.OpenAI.COM.", "api.openai.com")]
    [DataRow(".OpenAI.com", ".openai.com")]
    [DataRow("https://Api.OpenAI.com/v1/*", "https://api.openai.com/v1/*")]
    [DataRow("https://api.openai.com/*", "api.openai.com")]
    [DataRow("[2001:DB8::1]:8443", "[2001:db8::1]:8443")]
    [DataRow("10.0.0.0/8", "10.0.0.0/8")]
    [DataRow("10.0.0.1/8", "10.0.0.0/8")]
    public void Text_is_canonical_and_parses_to_itself(string pattern, string text)
    {
        Assert.IsTrue(HostPattern.TryParse(pattern, out var parsed, out _));
        Assert.AreEqual(text, parsed!.Text);
        Assert.IsTrue(HostPattern.TryParse(parsed.Text, out var again, out _));
        Assert.AreEqual(text, again!.Text);
    }

    [TestMethod]
    public void Random_text_never_throws()
    {
        var random = new Random(7);
        const string Alphabet = "ab.*:/[]@09-_ü\u200d\0 ";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            var good = HostPattern.TryParse(text, out var pattern, out var error);
            Assert.AreEqual(good, error is null);
            if (good)
            {
                _ = pattern!.Matches("a.b.example", Somewhere);
            }
        }
    }

    [TestMethod]
    public void Shipped_domain_lists_parse()
    {
        foreach (var domain in DefaultDomains.Ai.Concat(DefaultDomains.Chatty))
        {
            Assert.IsTrue(HostPattern.TryParseDomain(domain, out _, out var error), error);
        }

        Assert.IsGreaterThan(60, DefaultDomains.Ai.Count);
        Assert.IsGreaterThan(50, DefaultDomains.Chatty.Count);
    }
}
