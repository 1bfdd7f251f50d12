using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates;

[TestClass]
public sealed class ConstraintDomainsTests
{
    private static readonly ConstraintDomains FromCatalogue = ConstraintDomains.From(new PolicySettings());

    [TestMethod]
    [DataRow("api.example.net", "api.example.net")]
    [DataRow(".example.net", "example.net")]
    [DataRow("API.Example.NET.", "api.example.net")]
    [DataRow("*.example.net", "example.net")]
    [DataRow("ours.openai.azure.net", "ours.openai.azure.net")]
    [DataRow("api.example.net:8443", "api.example.net")]
    [DataRow("https://api.example.net/v1/*", "api.example.net")]
    [DataRow("b\u00fccher.example.net", "xn--bcher-kva.example.net")]
    public void A_pattern_becomes_the_domain_that_says_what_it_matches(string pattern, string domain)
    {
        var result = ConstraintDomains.From(Intercepting(pattern));
        CollectionAssert.AreEquivalent(new[] { domain }, result.Domains.Except(FromCatalogue.Domains).ToArray());
    }

    [TestMethod]
    [DataRow("*.openai.*", "more than this matches")]
    [DataRow("*.example", "two labels")]
    [DataRow("intranet", "two labels")]
    [DataRow("*.co.uk", "many organisations")]
    [DataRow(".com.au", "many organisations")]
    [DataRow("*.amazonaws.com", "many organisations")]
    [DataRow(".googleapis.com", "many organisations")]
    [DataRow("bedrock-runtime.*.amazonaws.com", "more than this matches")]
    [DataRow("*-aiplatform.googleapis.com", "more than this matches")]
    [DataRow("api.*.example.net", "more than this matches")]
    [DataRow("*-api.example.net", "more than this matches")]
    [DataRow("10.0.0.0/8", "IP")]
    [DataRow("192.0.2.1", "IP")]
    [DataRow("2001:db8::/32", "IP")]
    [DataRow("exa mple.net", "")]
    public void What_cannot_be_constrained_is_returned_with_the_reason(string pattern, string reason)
    {
        var result = ConstraintDomains.From(Intercepting(pattern));
        CollectionAssert.AreEqual(FromCatalogue.Domains.ToArray(), result.Domains.ToArray());
        var left = result.Inexpressible.Except(FromCatalogue.Inexpressible).Single();
        Assert.AreEqual(pattern, left.Pattern);
        Assert.AreNotEqual("", left.Reason);
        StringAssert.Contains(left.Reason, reason, StringComparison.Ordinal);
    }

    [TestMethod]
    [DataRow("*.example.net", "api.*.example.net")]
    [DataRow("example.net", "*-api.example.net")]
    [DataRow("v1.example.net", "*.v1.example.net")]
    public void A_glob_within_a_permitted_domain_is_covered_and_widens_nothing(string domain, string glob)
    {
        var settings = Intercepting(glob) with { AiDomains = [domain] };
        var result = ConstraintDomains.From(settings);
        CollectionAssert.AreEquivalent(new[] { domain.TrimStart('*', '.') }, result.Domains.Except(FromCatalogue.Domains).ToArray());
        Assert.AreEqual("", string.Join('\n', result.Inexpressible));
    }

    [TestMethod]
    public void The_shipped_constraints_permit_no_domain_that_others_share()
    {
        var shipped = ConstraintDomains.From(new PolicySettings { AiDomains = DefaultDomains.Ai }).Domains;
        string[] others = ["s3.amazonaws.com", "lambda.us-east-1.amazonaws.com", "storage.googleapis.com", "portal.azure.com", "blob.core.windows.net", "login.cloudflare.com"];
        Assert.AreEqual("", string.Join(' ', others.Where(other => shipped.Any(d => other == d || other.EndsWith("." + d, StringComparison.Ordinal)))));
        Assert.AreEqual("", string.Join(' ', shipped.Where(SharedSuffixes.Contains)));
    }

    [TestMethod]
    public void Bypassing_patterns_and_chatty_domains_are_not_covered()
    {
        var settings = new PolicySettings
        {
            Patterns = [new ProxyPattern { Pattern = "bypass.example.net", Intercept = false }],
            ChattyDomains = ["chatty.example.net"],
        };
        CollectionAssert.AreEqual(FromCatalogue.Domains.ToArray(), ConstraintDomains.From(settings).Domains.ToArray());
    }

    [TestMethod]
    public void Subdomains_of_a_covered_domain_are_left_out()
    {
        var kept = ConstraintDomains.WithoutSubsumed(["a.b.example.net", "example.net", "b.example.net", "EXAMPLE.net", "evilexample.net"]);
        CollectionAssert.AreEqual(new[] { "evilexample.net", "example.net" }, kept.ToArray());
    }

    [TestMethod]
    public void The_shipped_lists_are_all_expressible()
    {
        var shipped = ConstraintDomains.From(new PolicySettings { AiDomains = DefaultDomains.Ai });
        Assert.AreEqual("", string.Join('\n', shipped.Inexpressible));
        CollectionAssert.Contains(shipped.Domains.ToArray(), "anthropic.com");
        Assert.IsTrue(shipped.Domains.All(d => d.Contains('.', StringComparison.Ordinal)));
    }

    private static PolicySettings Intercepting(string pattern) => new() { Patterns = [new ProxyPattern { Pattern = pattern, Intercept = true }] };
}
