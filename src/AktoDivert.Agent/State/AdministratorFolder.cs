using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using AktoDivert.Agent.Configuration;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Agent.State;

/// <summary>
/// Folders of the agent on Windows. Everybody may make folders below ProgramData, and who makes one owns it: an existing folder is taken
/// over, with a fresh access list and Administrators as its owner.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class AdministratorFolder
{
    /// <summary>SYSTEM and Administrators: everything, inherited by all below. P: nothing comes from the folder above.</summary>
    internal const string Closed = "O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

    /// <summary>The same, and everybody reads: for the certificate bundle that apps are pointed to.</summary>
    internal const string ReadByAll = Closed + "(A;OICI;0x1200a9;;;BU)";

    private const FileSystemRights Writing =
        FileSystemRights.WriteData | FileSystemRights.AppendData | FileSystemRights.Delete | FileSystemRights.DeleteSubdirectoriesAndFiles
        | FileSystemRights.ChangePermissions | FileSystemRights.TakeOwnership;

    // Windows Modules Installer owns Program Files.
    private const string TrustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
    private const string CreatorOwner = "S-1-3-0";

    /// <summary>Makes or takes over the agent's own folders below ProgramData.</summary>
    /// <exception cref="IOException">One of them is a link: somebody wants us to write elsewhere.</exception>
    public static void CreateAgentFolders()
    {
        CreateClosed(AgentPaths.WindowsFolder);
        Take(TrustRoot.WindowsPublicFolder, ReadByAll);
    }

    /// <summary>Makes or takes over a folder that only SYSTEM and Administrators may enter.</summary>
    /// <exception cref="IOException">It is a link: somebody wants us to write elsewhere.</exception>
    public static void CreateClosed(string path) => Take(path, Closed);

    /// <summary>Who else than the system and Administrators may change what is in a folder: an account's SID, or null for nobody.</summary>
    public static string? WritableBy(string path)
    {
        var rules = new DirectoryInfo(path).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier));
        return rules.Cast<FileSystemAccessRule>()
            .Where(rule => rule.AccessControlType == AccessControlType.Allow && (rule.FileSystemRights & Writing) != 0)
            .Select(rule => (SecurityIdentifier)rule.IdentityReference)
            .Where(sid => !sid.IsWellKnown(WellKnownSidType.LocalSystemSid) && !sid.IsWellKnown(WellKnownSidType.BuiltinAdministratorsSid)
                && sid.Value is not (TrustedInstaller or CreatorOwner))
            .Select(sid => sid.Value)
            .FirstOrDefault();
    }

    private static void Take(string path, string sddl)
    {
        var security = new DirectorySecurity();
        security.SetSecurityDescriptorSddlForm(sddl, AccessControlSections.Owner | AccessControlSections.Access);
        var folder = new DirectoryInfo(path);
        if (!folder.Exists)
        {
            folder.Create(security);
            return;
        }

        if (folder.LinkTarget is not null)
        {
            throw new IOException($"{path} is a link to {folder.LinkTarget}; remove it and try again");
        }

        folder.SetAccessControl(security);
    }
}
