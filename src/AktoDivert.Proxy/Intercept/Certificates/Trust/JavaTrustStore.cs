namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// A Java keystore of trusted roots (cacerts). Debian's hook copies the system bundle's roots into it, yet never deletes one and never
/// replaces one under the same name: what stays behind is removed here, by name.
/// </summary>
internal sealed class JavaTrustStore(string keystore, string? keytool) : ITrustStore
{
    // The documented password of every JDK's cacerts; it protects nothing, as the file holds no secret.
    private const string Password = "changeit";

    public string Name => $"Java keystore {keystore}";

    public bool IsPresent => File.Exists(keystore);

    public async Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken) =>
        (await OurAliasesAsync(cancellationToken)).Any(a => a.Contains(anchor.Name, StringComparison.OrdinalIgnoreCase));

    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken) =>
        RunAsync(["-importcert", "-noprompt", "-trustcacerts", "-alias", anchor.Name], anchor.Pem, cancellationToken);

    public async Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        foreach (var alias in await OurAliasesAsync(cancellationToken))
        {
            if (keep is null || !alias.Contains(keep.Name, StringComparison.OrdinalIgnoreCase))
            {
                await RunAsync(["-delete", "-alias", alias], input: "", cancellationToken);
            }
        }
    }

    // A line of the list: debian:aktodivert-0123456789abcdef.pem, Nov 22, 2026, trustedCertEntry,
    private async Task<string[]> OurAliasesAsync(CancellationToken cancellationToken)
    {
        var list = await RunAsync(["-list"], input: "", cancellationToken);
        var aliases = list.Split('\n').Select(line => line.Split(',')[0].Trim());
        return [.. aliases.Where(TrustAnchor.IsNamedIn)];
    }

    private Task<string> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var command = keytool ?? throw new TrustStoreException(
            $"{keystore} can only be read with keytool, which is not installed.", "Install a Java runtime.");
        return TrustCommand.RunAsync(command, [.. arguments, "-keystore", keystore, "-storepass", Password], input, cancellationToken);
    }
}
