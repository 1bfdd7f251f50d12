using System.Collections.Concurrent;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Remembers handshakes that were completed and then ended without an application byte. One may be a pre-connect that was not needed; the
/// second in a row for the same process and host within a minute is a refusal, if it began after the first had ended: an app that races
/// several connections and keeps one has not come back after a failure. Any application byte proves the opposite. Thread-safe; bounded.
/// </summary>
internal sealed class RefusalSuspicions(TimeProvider time)
{
    /// <summary>An end without a byte counts as silent only this soon after the handshake.</summary>
    public static readonly TimeSpan SilentEndLimit = TimeSpan.FromSeconds(1);

    private const int Capacity = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Process, string Host), Evidence> _evidence = new();

    /// <summary>An app byte passed: the process trusts our certificate for the host.</summary>
    public void Trusted(string process, string host) => Record(process, host, trusted: true);

    /// <summary>A connection ended silently; true when that amounts to a refusal.</summary>
    /// <param name="process">Name of the process.</param>
    /// <param name="host">The server's name.</param>
    /// <param name="began">Timestamp of when the connection was accepted.</param>
    public bool EndedSilently(string process, string host, long began)
    {
        if (!_evidence.TryGetValue((process, host), out var last) || time.GetElapsedTime(last.Timestamp) > Window)
        {
            Record(process, host, trusted: false);
            return false;
        }

        if (last.IsTrust || began < last.Timestamp)
        {
            return false;
        }

        _evidence.TryRemove((process, host), out _);
        return true;
    }

    private void Record(string process, string host, bool trusted)
    {
        if (_evidence.Count >= Capacity)
        {
            _evidence.Clear();
        }

        _evidence[(process, host)] = new(time.GetTimestamp(), trusted);
    }

    private readonly record struct Evidence(long Timestamp, bool IsTrust);
}
