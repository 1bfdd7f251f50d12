namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>An NSS database: Chromium's, one per user, or that of a Firefox profile.</summary>
/// <param name="folder">The folder that holds cert9.db.</param>
/// <param name="owner">
/// The user it belongs to. The tool runs as that user, because a user may replace the folder by a link to somebody else's files.
/// </param>
/// <param name="root">Where the tools are found.</param>
internal sealed class NssTrustStore(string folder, UserHome owner, TrustRoot root) : ITrustStore
{
    public string Name => $"NSS database {folder}";

    public bool IsPresent => File.Exists(Path.Combine(folder, "cert9.db"));

    public async Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken) =>
        (await OurNicknamesAsync(cancellationToken)).Contains(anchor.Name);

    // "C,,": trusted to issue certificates for TLS servers, and for nothing else.
    public Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken) =>
        RunAsync(["-A", "-a", "-t", "C,,", "-n", anchor.Name], anchor.Pem, cancellationToken);

    public async Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        foreach (var nickname in (await OurNicknamesAsync(cancellationToken)).Where(n => n != keep?.Name))
        {
            await RunAsync(["-D", "-n", nickname], input: "", cancellationToken);
        }
    }

    // A line of the list: nickname, blanks, trust flags. A person who imported the root by hand left its common name as the nickname.
    private async Task<string[]> OurNicknamesAsync(CancellationToken cancellationToken)
    {
        var list = await RunAsync(["-L"], input: "", cancellationToken);
        var nicknames = list.Split('\n').Select(l => l.TrimEnd()).Select(l => l[..Math.Max(0, l.LastIndexOf(' '))].TrimEnd());
        return [.. nicknames.Where(n => TrustAnchor.IsNamedIn(n)
            || n.StartsWith(GenerationMint.CommonNamePrefix, StringComparison.Ordinal))];
    }

    private Task<string> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var certutil = Find("certutil", "apt-get install -y libnss3-tools (Fedora: dnf install nss-tools)");
        string[] line = [certutil, .. arguments, "-d", $"sql:{folder}"];
        return owner.IsRoot
            ? TrustCommand.RunAsync(line[0], line[1..], input, cancellationToken)
            : TrustCommand.RunAsync(Find("runuser", "install util-linux"), ["-u", owner.User, "--", .. line], input, cancellationToken);
    }

    private string Find(string command, string fix) =>
        root.FindCommand(command)
            ?? throw new TrustStoreException($"{folder} can only be read with {command}, which is not installed.", $"Run: {fix}");
}
