using System.Net.Security;
using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// Ready TLS server contexts by host: bounded, least recently used out first, renewed after two thirds of a leaf's life, emptied when a new
/// generation of the device CA takes over. Thread-safe; a host is minted once however many connections ask at the same time.
/// </summary>
public sealed class LeafCertificateCache : ILeafCertificateSource, IDisposable
{
    /// <summary>Capacity in hosts, about 22 KB each.</summary>
    public const int DefaultCapacity = 1024;

    private readonly DeviceAuthority _authority;
    private readonly TimeProvider _time;
    private readonly int _capacity;

    // One key for all leaves: a key per leaf costs a third more CPU and protects nothing, as all of them live in this process.
    private readonly Lazy<ECDsa> _leafKey;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Leaf>> _byHost = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<Leaf> _byUse = new();
    private CaGeneration? _generation;

    /// <summary>Creates an empty cache.</summary>
    /// <param name="authority">Who signs.</param>
    /// <param name="time">The clock for validity and renewal.</param>
    /// <param name="capacity">Hosts kept; at least 1.</param>
    public LeafCertificateCache(DeviceAuthority authority, TimeProvider time, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _authority = authority;
        _leafKey = new Lazy<ECDsa>(authority.Keys.CreateLeafKey);
        _time = time;
        _capacity = capacity;
    }

    /// <summary>Hosts in the cache.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byHost.Count;
            }
        }
    }

    /// <inheritdoc/>
    public bool Covers(string host) => _authority.Covers(host);

    /// <inheritdoc/>
    /// <exception cref="CryptographicException">The platform's cryptography failed; the next call tries again.</exception>
    public SslStreamCertificateContext? Find(string host)
    {
        host = HostNames.WithoutFinalDot(host);
        if (!_authority.TryFindIssuer(host, out var generation, out var issuer))
        {
            return null;
        }

        var leaf = Rent(generation, issuer, host);
        try
        {
            return leaf.Value.Context.Value;
        }
        catch (CryptographicException)
        {
            // Lazy remembers a failure for good.
            Forget(leaf);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_leafKey.IsValueCreated)
        {
            _leafKey.Value.Dispose();
        }

        (_authority.Keys as IDisposable)?.Dispose();
    }

    private LinkedListNode<Leaf> Rent(CaGeneration generation, ProviderIntermediate issuer, string host)
    {
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            if (!ReferenceEquals(generation, _generation))
            {
                _generation = generation;
                _byHost.Clear();
                _byUse.Clear();
            }

            if (_byHost.TryGetValue(host, out var node))
            {
                _byUse.Remove(node);
                if (now < node.Value.RenewAt)
                {
                    _byUse.AddFirst(node);
                    return node;
                }
            }
            else if (_byHost.Count == _capacity)
            {
                _byHost.Remove(_byUse.Last!.Value.Host);
                _byUse.RemoveLast();
            }

            return _byHost[host] = _byUse.AddFirst(NewLeaf(generation, issuer, host.ToLowerInvariant(), now));
        }
    }

    // The mint runs outside the lock, in whichever caller asks the Lazy first.
    private Leaf NewLeaf(CaGeneration generation, ProviderIntermediate issuer, string host, DateTimeOffset now) => new(
        host,
        now + ((LeafMint.NotAfter(generation, now) - now) * 2 / 3),
        new Lazy<SslStreamCertificateContext>(() => LeafMint.Mint(generation, issuer, host, _leafKey.Value, now)));

    private void Forget(LinkedListNode<Leaf> leaf)
    {
        lock (_gate)
        {
            if (_byHost.GetValueOrDefault(leaf.Value.Host) == leaf)
            {
                _byHost.Remove(leaf.Value.Host);
                _byUse.Remove(leaf);
            }
        }
    }

    private sealed record Leaf(string Host, DateTimeOffset RenewAt, Lazy<SslStreamCertificateContext> Context);
}
