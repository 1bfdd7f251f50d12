using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using AktoDivert.Agent.State;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Agent.State;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
public sealed class AdministratorFolderTests
{
    private const string System = "S-1-5-18";
    private const string Administrators = "S-1-5-32-544";
    private const string Users = "S-1-5-32-545";

    [TestMethod]
    public void Closed_is_for_the_system_and_administrators_alone() =>
        CollectionAssert.AreEquivalent(
            new[] { (System, FileSystemRights.FullControl), (Administrators, FileSystemRights.FullControl) }, Rules(AdministratorFolder.Closed));

    [TestMethod]
    public void What_apps_read_is_written_by_the_same_two() =>
        CollectionAssert.AreEquivalent(
            new[]
            {
                (System, FileSystemRights.FullControl), (Administrators, FileSystemRights.FullControl),
                (Users, FileSystemRights.ReadAndExecute | FileSystemRights.Synchronize),
            },
            Rules(AdministratorFolder.ReadByAll));

    [TestMethod]
    public void A_folder_is_made_and_taken_over()
    {
        using var state = new TemporaryState();
        var path = Path.Combine(state.Folder, "closed");
        AdministratorFolder.CreateClosed(path);
        AdministratorFolder.CreateClosed(path);
        Assert.IsTrue(Directory.Exists(path));
        if (!Wine.IsHost)
        {
            Assert.IsNull(AdministratorFolder.WritableBy(path));
        }
    }

    [TestMethod]
    [NotUnderWine(NotUnderWineAttribute.NoAccessLists)]
    public void A_folder_that_users_may_write_names_them()
    {
        using var state = new TemporaryState();
        var security = new DirectorySecurity();
        security.SetSecurityDescriptorSddlForm("D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)");
        var path = Path.Combine(state.Folder, "open");
        Directory.CreateDirectory(path);
        new DirectoryInfo(path).SetAccessControl(security);
        Assert.AreEqual(Users, AdministratorFolder.WritableBy(path));
    }

    private static (string, FileSystemRights)[] Rules(string sddl)
    {
        var security = new DirectorySecurity();
        security.SetSecurityDescriptorSddlForm(sddl);
        Assert.IsTrue(security.AreAccessRulesProtected, "rights come down from the folder above");
        Assert.AreEqual(Administrators, security.GetOwner(typeof(SecurityIdentifier))!.Value);
        var rules = security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)).Cast<FileSystemAccessRule>().ToArray();
        Assert.IsTrue(rules.All(rule => rule.AccessControlType == AccessControlType.Allow
            && rule.InheritanceFlags == (InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit)));
        return [.. rules.Select(rule => (rule.IdentityReference.Value, rule.FileSystemRights))];
    }
}
