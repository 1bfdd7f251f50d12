using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>The system bundle: curl, Python, Go, .NET, wget, Claude Code and Codex read it.</summary>
internal sealed class AnchorFolderTrustStore(TrustRoot root, AnchorLayout layout) : ITrustStore
{
    private readonly string _anchors = root.Resolve(layout.AnchorFolder);

    public string Name => layout.Name;

    public bool IsPresent => Directory.Exists(_anchors);

    public Task<bool> ContainsAsync(TrustAnchor anchor, CancellationToken cancellationToken) =>
        Task.FromResult(File.Exists(PathOf(anchor)) && OursInBundle().Any(c => c.Equals(anchor.Certificate)));

    public async Task InstallAsync(TrustAnchor anchor, CancellationToken cancellationToken)
    {
        var command = FindCommand();
        AtomicFile.Write(PathOf(anchor), anchor.Pem, AtomicFile.Public);
        await RebuildAsync(command, cancellationToken);
    }

    public async Task RemoveAllButAsync(TrustAnchor? keep, CancellationToken cancellationToken)
    {
        var files = Directory.GetFiles(_anchors, $"{TrustAnchor.NamePrefix}*{layout.Extension}")
            .Where(f => TrustAnchor.IsNamedIn(Path.GetFileName(f)) && (keep is null || f != PathOf(keep)))
            .ToArray();

        // The bundle may hold a root whose file is gone already: somebody deleted it and did not run the command.
        if (files.Length == 0 && OursInBundle().All(c => c.Equals(keep?.Certificate)))
        {
            return;
        }

        var command = FindCommand();
        foreach (var file in files)
        {
            File.Delete(file);
        }

        DeleteLinks(keep);
        await RebuildAsync(command, cancellationToken);
    }

    private string PathOf(TrustAnchor anchor) => Path.Combine(_anchors, anchor.Name + layout.Extension);

    private string FindCommand() => root.FindCommand(layout.Command) ?? throw new TrustStoreException(
        $"{layout.Command} is not installed, so a certificate in {layout.AnchorFolder} has no effect.",
        $"Install the package {layout.Package}.");

    private Task<string> RebuildAsync(string command, CancellationToken cancellationToken)
    {
        if (layout.Unfinished is { } unfinished)
        {
            File.Delete(root.Resolve(unfinished));
        }

        return TrustCommand.RunAsync(command, layout.Arguments, input: "", cancellationToken);
    }

    // Debian: NAME.pem links to the anchor, and a hash links to NAME.pem. Both dangle for good unless --fresh rebuilds everybody's links.
    private void DeleteLinks(TrustAnchor? keep)
    {
        if (layout.LinkFolder is null)
        {
            return;
        }

        foreach (var link in new DirectoryInfo(root.Resolve(layout.LinkFolder)).EnumerateFiles())
        {
            var target = Path.GetFileNameWithoutExtension(link.LinkTarget);
            if (target is not null && TrustAnchor.IsNamedIn(target) && target != keep?.Name)
            {
                link.Delete();
            }
        }
    }

    private IReadOnlyList<X509Certificate2> OursInBundle() => PemBundle.Ours(root.Resolve(layout.Bundle));
}
