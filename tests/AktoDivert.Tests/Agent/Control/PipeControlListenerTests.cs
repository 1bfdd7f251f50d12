using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using AktoDivert.Agent.Control;

namespace AktoDivert.Tests.Agent.Control;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
public sealed class PipeControlListenerTests
{
    [TestMethod]
    public void The_system_and_administrators_may_and_nobody_from_the_network()
    {
        var security = PipeControlListener.Security();
        Assert.IsTrue(security.AreAccessRulesProtected);
        var rules = security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)).Cast<PipeAccessRule>();
        CollectionAssert.AreEquivalent(
            new[] { ("S-1-5-2", AccessControlType.Deny), ("S-1-5-18", AccessControlType.Allow), ("S-1-5-32-544", AccessControlType.Allow) },
            rules.Select(rule => (rule.IdentityReference.Value, rule.AccessControlType)).ToArray());
    }

    [TestMethod]
    [NotUnderWine("its pipes take a second first instance")]
    public void A_name_that_is_taken_is_refused()
    {
        var name = $"aktodivert-test-{Guid.NewGuid():n}";
        using var theirs = new NamedPipeServerStream(name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances);
        var refused = Assert.Throws<Exception>(() => new PipeControlListener(name, 4));
        Assert.IsTrue(refused is IOException or UnauthorizedAccessException, refused.ToString());
    }
}
