namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// Node.js carries its own roots and reads no store of the system: NODE_EXTRA_CA_CERTS adds to them, and is set for everybody. A value set
/// by somebody else is never changed.
/// </summary>
internal sealed class NodeTrustStore(TrustRoot root) : ITrustStore
{
    private const string Variable = "NODE_EXTRA_CA_CERTS";

    // The path outlives generations: programs that run keep the variable they started with.
    private const string Bundle = "/usr/local/share/aktodivert/device-ca.pem";
    private const string Shared = "/etc/environment";
    private const string SharedLine = $"{Variable}={Bundle}";

    // Read by login shells and by systemd's user instances; neither overrides what the person set. The first one also serves systems
    // without PAM.
    private static readonly (string Folder, string File, string Text)[] OwnFiles =
    [
        ("/etc/profile.d", "aktodivert.sh", $"export {Variable}=\"${{{Variable}:-{Bundle}}}\"\n"),
        ("/etc/environment.d", "90-aktodivert.conf", $"{Variable}=${{{Variable}:-{Bundle}}}\n"),
    ];

    private readonly string _bundle = root.Resolve(Bundle);
    private readonly string _shared = root.Resolve(Shared);

    public string Name => $"Node.js ({Variable})";

    public bool IsPresent => Directory.Exists(root.Resolve("/etc"));

    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var isInBundle = PemBundle.Ours(_bundle).Contains(anchor.Certificate);
        if (isInBundle)
        {
            RequireNoConflict(anchor);
        }

        return Task.FromResult(isInBundle && IsVariableSet());
    }

    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(_bundle)!;
        Directory.CreateDirectory(folder);
        WriteBundle(PemBundle.Ours(_bundle).Select(TrustAnchor.From).Where(a => a.Name != anchor.Name).Append(anchor));
        RequireNoConflict(anchor);
        SetVariable();
        return Task.CompletedTask;
    }

    public Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        var kept = PemBundle.Ours(_bundle).Select(TrustAnchor.From).Where(a => a.Name == keep?.Name).ToArray();
        if (kept.Length > 0)
        {
            WriteBundle(kept);
        }
        else
        {
            UnsetVariable();
            DeleteBundle();
        }

        var foreign = Foreign();
        return foreign is null || PemBundle.Ours(root.Resolve(foreign.Value)).All(c => c.Equals(keep?.Certificate))
            ? Task.CompletedTask
            : throw new TrustStoreException(
                $"{foreign.Value}, named by {foreign.File}, holds a device CA that somebody added.", "Delete that certificate from it.");
    }

    private EnvironmentAssignment? Foreign() =>
        EnvironmentVariables.Find(root, Variable).FirstOrDefault(a => !a.Value.Contains(Bundle, StringComparison.Ordinal));

    private void RequireNoConflict(TrustAnchor anchor)
    {
        var foreign = Foreign();
        if (foreign is not null && !PemBundle.Ours(root.Resolve(foreign.Value)).Contains(anchor.Certificate))
        {
            throw new TrustStoreException(
                $"{foreign.File} already sets {Variable}={foreign.Value}; it is left as it is.", $"Run: cat {Bundle} >> '{foreign.Value}'");
        }
    }

    private bool IsVariableSet() =>
        OwnFiles.All(f => !Directory.Exists(root.Resolve(f.Folder)) || File.Exists(PathOf(f)))
        && EnvironmentVariables.Find(root, Variable).Any(a => a.File == Shared);

    private void SetVariable()
    {
        if (!EnvironmentVariables.Find(root, Variable).Any(a => a.File == Shared))
        {
            var text = File.Exists(_shared) ? File.ReadAllText(_shared) : null;
            AtomicFile.Write(_shared, EnvironmentBlock.Add(text, SharedLine), ModeOf(_shared));
        }

        foreach (var file in OwnFiles.Where(f => Directory.Exists(root.Resolve(f.Folder))))
        {
            AtomicFile.Write(PathOf(file), file.Text, AtomicFile.Public);
        }
    }

    private void UnsetVariable()
    {
        foreach (var file in OwnFiles.Select(PathOf).Where(File.Exists))
        {
            File.Delete(file);
        }

        if (!File.Exists(_shared))
        {
            return;
        }

        var text = File.ReadAllText(_shared);
        if (EnvironmentBlock.Remove(text, SharedLine) is not { } rest)
        {
            File.Delete(_shared);
        }
        else if (rest != text)
        {
            AtomicFile.Write(_shared, rest, ModeOf(_shared));
        }
    }

    private void WriteBundle(IEnumerable<TrustAnchor> anchors) =>
        AtomicFile.Write(_bundle, string.Concat(anchors.Select(a => a.Pem)), AtomicFile.Public);

    private void DeleteBundle()
    {
        if (File.Exists(_bundle))
        {
            File.Delete(_bundle);
        }

        var folder = Path.GetDirectoryName(_bundle)!;
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private string PathOf((string Folder, string File, string Text) file) => root.Resolve($"{file.Folder}/{file.File}");

    private static UnixFileMode ModeOf(string path) =>
        !OperatingSystem.IsWindows() && File.Exists(path) ? File.GetUnixFileMode(path) : AtomicFile.Public;
}
