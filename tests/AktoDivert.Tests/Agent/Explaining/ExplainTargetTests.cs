using AktoDivert.Agent.Explaining;

namespace AktoDivert.Tests.Agent.Explaining;

[TestClass]
public sealed class ExplainTargetTests
{
    [TestMethod]
    [DataRow("api.anthropic.com", "api.anthropic.com", "0.0.0.0:443", null)]
    [DataRow("API.Anthropic.com.:8443/v1/x?y=1", "api.anthropic.com", "0.0.0.0:8443", "/v1/x?y=1")]
    [DataRow("https://bücher.example/", "xn--bcher-kva.example", "0.0.0.0:443", "/")]
    [DataRow("10.0.0.1:444", null, "10.0.0.1:444", null)]
    [DataRow("[2001:db8::1]:444/a", null, "[2001:db8::1]:444", "/a")]
    [DataRow("2001:db8::1", null, "[2001:db8::1]:443", null)]
    public void Targets_are_understood(string text, string? host, string destination, string? path)
    {
        Assert.IsTrue(ExplainTarget.TryParse(text, out var target, out _));
        Assert.AreEqual(host, target!.Host);
        Assert.AreEqual(destination, target.Destination.ToString());
        Assert.AreEqual(path, target.Path);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("host:0")]
    [DataRow("host:65536")]
    [DataRow("a b")]
    [DataRow(":443")]
    public void Others_are_refused_with_an_example(string text)
    {
        Assert.IsFalse(ExplainTarget.TryParse(text, out _, out var error));
        StringAssert.Contains(error, "write host[:port][/path]");
    }
}
