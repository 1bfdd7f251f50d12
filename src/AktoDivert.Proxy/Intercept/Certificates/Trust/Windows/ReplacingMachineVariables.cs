namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>
/// Machine-wide variables that replace a program's roots by a file. They are never set by us (a missing file would break all of a program's
/// TLS), but one that an administrator set must name a file that holds the root too.
/// </summary>
internal sealed class ReplacingMachineVariables(IMachineVariables variables) : ITrustStore
{
    private static readonly string[] Variables =
        ["SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "AWS_CA_BUNDLE"];

    /// <inheritdoc />
    public string Name => "Variables that replace the roots (SSL_CERT_FILE and others)";

    /// <inheritdoc />
    public bool IsPresent => Assignments().Any();

    /// <inheritdoc />
    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var (name, file) = Assignments().FirstOrDefault(a => !PemBundle.Ours(a.File).Contains(anchor.Certificate));
        return name is null ? Task.FromResult(true) : throw new TrustStoreException(
            $"{name}={file} is set for the machine, which replaces a program's roots and lacks the device CA.",
            $"Remove the variable, or append the device CA to {file}.");
    }

    /// <inheritdoc />
    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        var (name, file) = Assignments().FirstOrDefault(a => PemBundle.Ours(a.File).Any(c => !c.Equals(keep?.Certificate)));
        return name is null ? Task.CompletedTask : throw new TrustStoreException(
            $"{file}, named by {name}, holds a device CA that somebody added.", "Delete that certificate from the file.");
    }

    private IEnumerable<(string Name, string File)> Assignments() =>
        from name in Variables
        let file = variables.Get(name)
        where !string.IsNullOrEmpty(file)
        select (name, file);
}
