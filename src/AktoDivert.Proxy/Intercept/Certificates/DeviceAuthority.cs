using System.Security.Cryptography.X509Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Windows;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// The device CA: signs certificates for the AI domains of the policy, on this device, and is useless to a thief for anything else. The
/// root's private key exists only while a generation is made. Thread-safe for readers; <see cref="AuthorityRollover"/> is the only writer.
/// </summary>
public sealed class DeviceAuthority
{
    // Apps that start rarely get to know the next root long before the old one ends.
    private static readonly TimeSpan RenewalLead = TimeSpan.FromDays(60);

    private readonly GenerationFolder _folder;
    private readonly IIssuerKeyStore _keys;
    private readonly string _device;
    private readonly TimeProvider _time;
    private volatile CaGeneration? _current;

    private DeviceAuthority(string directory, IIssuerKeyStore keys, string device, TimeProvider time)
    {
        var folder = new GenerationFolder(directory, keys);
        (_folder, _keys) = (folder, keys);
        _device = device;
        _time = time;
        _current = folder.ReadActive() is { } number ? folder.Load(number) : null;
    }

    /// <summary>
    /// Opens the CA in a folder, which may be missing; a new CA has no generation until <see cref="AuthorityRollover"/> makes one.
    /// </summary>
    /// <param name="directory">The folder, for root only (mode 0700).</param>
    /// <param name="device">
    /// Name of this device, shown in the root's common name; the first 20 letters, digits, hyphens and dots count.
    /// </param>
    /// <param name="time">The clock for validity.</param>
    /// <exception cref="CertificateAuthorityException">A file is damaged or readable by others; the message holds the fix.</exception>
    public static DeviceAuthority Open(string directory, string device, TimeProvider time) =>
        new(directory, OperatingSystem.IsWindows() ? new WindowsKeyStore() : new FileKeyStore(), device, time);

    /// <summary>Where the keys of intermediates and leaves are made.</summary>
    internal IIssuerKeyStore Keys => _keys;

    /// <summary>The root in force, without a private key; null before the first generation.</summary>
    public X509Certificate2? Root => _current?.Root;

    /// <summary>The number of the generation in force; 0 before the first.</summary>
    public int Generation => _current?.Number ?? 0;

    /// <summary>The domains, each with its subdomains, for which it may sign.</summary>
    public IReadOnlyCollection<string> Domains => _current?.Domains ?? [];

    /// <summary>Whether it may sign for the host now.</summary>
    public bool Covers(string host) => TryFindIssuer(HostNames.WithoutFinalDot(host), out _, out _);

    /// <summary>
    /// Whether covering these domains (each with its subdomains) takes a new generation: one is not covered, or the root ends within 60
    /// days.
    /// </summary>
    public bool NeedsGeneration(IReadOnlyCollection<string> domains) =>
        domains.Count > 0
        && (_current is not { } current || _time.GetUtcNow() > current.NotAfter - RenewalLead
        || domains.Any(d => current.FindIssuer(d) is null));

    internal bool TryFindIssuer(string host, out CaGeneration generation, out ProviderIntermediate issuer)
    {
        var now = _time.GetUtcNow();
        generation = _current!;
        issuer = generation is not null && now >= generation.NotBefore && now < generation.NotAfter && HostNames.IsDnsName(host)
            ? generation.FindIssuer(host)!
            : null!;
        return issuer is not null;
    }

    /// <summary>Makes the next generation and writes it to disk; it is not in force yet.</summary>
    internal CaGeneration Stage(IReadOnlyCollection<string> domains)
    {
        var number = _folder.Numbers().Append(Generation).Max() + 1;
        var generation = GenerationMint.Create(number, _device, ConstraintDomains.WithoutSubsumed(domains), _keys, _time.GetUtcNow());
        _folder.Save(generation);
        return generation;
    }

    /// <summary>Puts a staged generation in force, on disk first.</summary>
    internal void Activate(CaGeneration generation)
    {
        _folder.WriteActive(generation.Number);
        _current = generation;
    }

    /// <summary>
    /// Makes sure that a generation not in force (staged before a crash, or replaced) never signs again. Returns whether there is one: its
    /// root may still stand in a trust store.
    /// </summary>
    internal bool RetireLeftovers()
    {
        var leftovers = Leftovers();
        foreach (var number in leftovers)
        {
            _folder.DeleteKeys(number);
        }

        return leftovers.Count > 0;
    }

    /// <summary>Forgets the retired generations, once no trust store holds their roots.</summary>
    internal void DeleteLeftovers()
    {
        foreach (var number in Leftovers())
        {
            _folder.Delete(number);
        }
    }

    private List<int> Leftovers() => [.. _folder.Numbers().Where(n => n != Generation)];
}
