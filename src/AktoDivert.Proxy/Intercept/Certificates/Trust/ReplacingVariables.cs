namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// Variables that replace a program's roots by a file. They are never set by us (a missing file would break all of a program's TLS), but
/// one that an administrator set hides the system bundle, so its file must hold the root too.
/// </summary>
internal sealed class ReplacingVariables(TrustRoot root) : ITrustStore
{
    private static readonly string[] Variables =
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"];

    public string Name => "Variables that replace the roots (SSL_CERT_FILE and others)";

    public bool IsPresent => Assignments().Any();

    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var hiding = Assignments().FirstOrDefault(a => !PemBundle.Ours(root.Resolve(a.Value)).Contains(anchor.Certificate));
        return hiding is null ? Task.FromResult(true) : throw new TrustStoreException(
            $"{hiding.File} sets {hiding.Name}={hiding.Value}, which replaces the system's roots and lacks the device CA.",
            $"Point {hiding.Name} to the system bundle ({AnchorLayout.Debian.Bundle} on Debian), or add the root to that file.");
    }

    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        var holding = Assignments().FirstOrDefault(a => PemBundle.Ours(root.Resolve(a.Value)).Any(c => !c.Equals(keep?.Certificate)));
        return holding is null ? Task.CompletedTask : throw new TrustStoreException(
            $"{holding.Value}, named by {holding.Name} in {holding.File}, holds a device CA that somebody added.",
            "Delete that certificate from the file.");
    }

    private IEnumerable<EnvironmentAssignment> Assignments() =>
        EnvironmentVariables.Find(root, Variables).Where(a => a.Value.StartsWith('/'));
}
