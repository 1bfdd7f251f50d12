using System.Buffers.Binary;
using System.Net;
using System.Text;
using AktoDivert.Capture.Records;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;

namespace AktoDivert.Capture;

/// <summary>
/// Whether exchanges are captured, by host and path. An app calls the same few again and again, so what the policy said of them is
/// remembered until the policy changes. Not thread-safe.
/// </summary>
internal sealed class PathDecisions(PolicyProvider policy)
{
    private const int LongestKey = 512;

    private readonly ByteMemo<PathDecision> _known = new();
    private PolicySnapshot? _snapshot;

    /// <summary>Decides for an exchange.</summary>
    public PathDecision Decide(Exchange exchange)
    {
        var flow = exchange.Flow;
        var authority = HeaderWriter.Find(exchange.RequestHeaders, ":authority"u8);
        var path = HeaderWriter.Find(exchange.RequestHeaders, ":path"u8);
        var query = path.IndexOf((byte)'?');
        path = query < 0 ? path : path[..query];
        var current = policy.Current;
        if (_snapshot != current)
        {
            _snapshot = current;
            _known.Clear();
        }

        _known.Trim();
        Span<byte> buffer = stackalloc byte[LongestKey];
        var key = Key(flow.Destination, authority, path, buffer);
        if (key.IsEmpty)
        {
            return Decide(flow, authority, path);
        }

        if (!_known.TryGet(key, out var decision))
        {
            decision = Decide(flow, authority, path);
            _known.Add(key, decision);
        }

        return decision;
    }

    // Empty for what is too long to be remembered, or decided by the flow's own host.
    private static ReadOnlySpan<byte> Key(IPEndPoint destination, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        const int prefix = 4;
        if (authority.IsEmpty || authority.Length + path.Length > buffer.Length - prefix - 16)
        {
            return default;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(buffer, (ushort)destination.Port);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[2..], (ushort)authority.Length);
        authority.CopyTo(buffer[prefix..]);
        path.CopyTo(buffer[(prefix + authority.Length)..]);
        var length = prefix + authority.Length + path.Length;
        destination.Address.TryWriteBytes(buffer[length..], out var written);
        return buffer[..(length + written)];
    }

    private PathDecision Decide(Flow flow, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> path)
    {
        var facts = new FlowFacts(flow.Process, flow.ClientHello?.ServerName, flow.Destination);
        return _snapshot!.DecidePath(facts, authority.IsEmpty ? flow.Host : Encoding.UTF8.GetString(authority), Encoding.UTF8.GetString(path));
    }
}
