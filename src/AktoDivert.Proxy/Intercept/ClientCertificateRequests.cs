using System.Collections.Concurrent;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Remembers which servers were seen not to ask for a client certificate. Watching for the request takes a certificate callback, and with
/// one the platform does not resume TLS sessions; so a server is watched at first and then once an hour. Thread-safe; bounded.
/// </summary>
internal sealed class ClientCertificateRequests(TimeProvider time)
{
    private const int Capacity = 4096;
    private static readonly TimeSpan Trust = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, long> _notRequested = new(StringComparer.Ordinal);

    /// <summary>Whether a handshake with the server must watch for the request.</summary>
    public bool MustWatch(string host) => !_notRequested.TryGetValue(host, out var seen) || time.GetElapsedTime(seen) > Trust;

    /// <summary>A watched handshake ended without the request.</summary>
    public void NotRequested(string host)
    {
        if (_notRequested.Count >= Capacity)
        {
            _notRequested.Clear();
        }

        _notRequested[host] = time.GetTimestamp();
    }

    /// <summary>A handshake failed, which a newly asked-for certificate may explain: the next one is watched.</summary>
    public void Forget(string host) => _notRequested.TryRemove(host, out _);
}
