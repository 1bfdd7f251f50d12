using System.Runtime.Versioning;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>The trust stores of a Windows device.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsTrustStores
{
    // Below Program Files, as the installers of the JDKs' vendors name them.
    private static readonly string[] JavaHomes =
    [
        "Java/*", "Eclipse Adoptium/*", "Microsoft/*", "Zulu/*", "Amazon Corretto/*", "BellSoft/*", "JetBrains/*/jbr", "Android/*/jbr",
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ITrustStore> Find()
    {
        var variables = new MachineVariables();
        return
        [
            new RootTrustStore(),
            new FirefoxPolicy(),
            .. Java().DefaultIfEmpty(new AbsentTrustStore("Java keystores")),
            new NodeVariable(TrustRoot.WindowsPublicFolder, variables),
            new ReplacingMachineVariables(variables),
        ];
    }

    private static IEnumerable<ITrustStore> Java() =>
        from pattern in JavaHomes
        from home in FolderPattern.Expand(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), pattern)
        let keystore = Path.Combine(home, "lib", "security", "cacerts")
        let keytool = Path.Combine(home, "bin", "keytool.exe")
        where File.Exists(keystore)
        select new JavaTrustStore(keystore, File.Exists(keytool) ? keytool : null);
}
