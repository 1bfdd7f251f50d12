using AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Finds the trust stores of a device. The system bundle comes first: Debian's hook copies it into Java's keystore.</summary>
internal static class TrustStoreDiscovery
{
    private static readonly string[] JavaHomes = ["/usr/lib/jvm/*", "/usr/java/*", "/opt/*", "/opt/*/jbr"];

    // Below a home: Chromium and its kin, as packages, snaps and flatpaks, then Firefox profiles.
    private static readonly string[] NssFolders =
    [
        ".pki/nssdb", ".local/share/pki/nssdb", "snap/*/current/.pki/nssdb", ".var/app/*/.pki/nssdb",
        ".mozilla/firefox/*", ".config/mozilla/firefox/*", "snap/firefox/common/.mozilla/firefox/*",
        ".var/app/org.mozilla.firefox/.mozilla/firefox/*",
    ];

    public static IReadOnlyList<ITrustStore> Find(TrustRoot root) => OperatingSystem.IsWindows() ? WindowsTrustStores.Find() :
    [
        .. new[] { AnchorLayout.Debian, AnchorLayout.Fedora, AnchorLayout.Suse }.Select(l => new AnchorFolderTrustStore(root, l)),
        .. Java(root).DefaultIfEmpty(new AbsentTrustStore("Java keystores")),
        .. Nss(root).DefaultIfEmpty(new AbsentTrustStore("NSS databases (Chromium, Firefox)")),
        new NodeTrustStore(root),
        new ReplacingVariables(root),
    ];

    private static IEnumerable<ITrustStore> Java(TrustRoot root) =>
        JavaHomes.SelectMany(h => FolderPattern.Expand(root.Path, h[1..]))
            .Select(home => (Keystore: Path.Combine(home, "lib/security/cacerts"), Keytool: Path.Combine(home, "bin/keytool")))
            .Append((Keystore: root.Resolve("/etc/ssl/certs/java/cacerts"), Keytool: ""))
            .Where(j => File.Exists(j.Keystore))
            .Select(j => (Keystore: FinalTarget(j.Keystore), j.Keytool))
            .Where(j => j.Keystore.StartsWith(root.Path, StringComparison.Ordinal))
            .DistinctBy(j => j.Keystore)
            .Select(j => new JavaTrustStore(j.Keystore, File.Exists(j.Keytool) ? j.Keytool : root.FindCommand("keytool")));

    private static IEnumerable<ITrustStore> Nss(TrustRoot root) =>
        from home in UserHome.Find(root)
        from pattern in NssFolders
        from folder in FolderPattern.Expand(home.Path, pattern)
        let store = new NssTrustStore(folder, home, root)
        where store.IsPresent
        select store;

    private static string FinalTarget(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}
