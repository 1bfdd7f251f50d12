namespace AktoDivert.Proxy.Intercept.Certificates.Trust.Windows;

/// <summary>
/// Node.js carries its own roots: NODE_EXTRA_CA_CERTS adds to them, machine-wide. A value set by somebody else is never changed; its file must
/// hold the root too.
/// </summary>
/// <param name="folder">A folder that everybody may read and only Administrators may write.</param>
/// <param name="variables">The machine's variables.</param>
internal sealed class NodeVariable(string folder, IMachineVariables variables) : ITrustStore
{
    private const string Variable = "NODE_EXTRA_CA_CERTS";

    // The path outlives generations: programs that run keep the variable they started with.
    private readonly string _bundle = Path.Combine(folder, "device-ca.pem");

    /// <inheritdoc />
    public string Name => $"Node.js ({Variable})";

    /// <inheritdoc />
    public bool IsPresent => true;

    /// <inheritdoc />
    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var isInBundle = PemBundle.Ours(_bundle).Contains(anchor.Certificate);
        if (isInBundle)
        {
            RequireNoConflict(anchor);
        }

        return Task.FromResult(isInBundle && IsSet);
    }

    /// <inheritdoc />
    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        Write(PemBundle.Ours(_bundle).Select(TrustAnchor.From).Where(a => a.Name != anchor.Name).Append(anchor));
        RequireNoConflict(anchor);
        if (!IsSet && !IsForeign(out _))
        {
            variables.Set(Variable, _bundle);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        var kept = PemBundle.Ours(_bundle).Select(TrustAnchor.From).Where(a => a.Name == keep?.Name).ToArray();
        if (kept.Length > 0)
        {
            Write(kept);
        }
        else
        {
            if (IsSet)
            {
                variables.Set(Variable, null);
            }

            File.Delete(_bundle);
        }

        return IsForeign(out var file) && PemBundle.Ours(file).Any(c => !c.Equals(keep?.Certificate))
            ? throw new TrustStoreException(
                $"{file}, named by {Variable}, holds a device CA that somebody added.", "Delete that certificate from it.")
            : Task.CompletedTask;
    }

    private bool IsSet => string.Equals(variables.Get(Variable), _bundle, StringComparison.OrdinalIgnoreCase);

    private bool IsForeign(out string file)
    {
        file = variables.Get(Variable) ?? "";
        return file.Length > 0 && !IsSet;
    }

    private void RequireNoConflict(TrustAnchor anchor)
    {
        if (IsForeign(out var file) && !PemBundle.Ours(file).Contains(anchor.Certificate))
        {
            throw new TrustStoreException(
                $"{Variable} is set to {file} for the machine; it is left as it is.",
                $"Append the content of {_bundle} to that file, in PowerShell: Get-Content '{_bundle}' | Add-Content '{file}'");
        }
    }

    private void Write(IEnumerable<TrustAnchor> anchors) =>
        AtomicFile.Write(_bundle, string.Concat(anchors.Select(a => a.Pem)), AtomicFile.Public);
}
