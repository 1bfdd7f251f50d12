using System.Net;
using System.Net.Sockets;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// Finds the local address that the routes give for a destination, so that getsockname shows an app what it would see without us.
/// A UDP socket is connected for it, which sends nothing.
/// </summary>
internal sealed class SourceAddresses(RedirectMaps maps)
{
    // The discard port: never one of the redirected ports, so the probe is not seen by our own programs.
    private const int ProbePort = 9;

    // Documentation addresses (RFC 5737, RFC 3849): no route but the default one leads there.
    private static readonly IPAddress _anywhereV4 = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress _anywhereV6 = IPAddress.Parse("2001:db8::1");

    /// <summary>Looks up the default route's addresses again; they stand in for destinations that are not learned yet.</summary>
    internal void RefreshDefaults()
    {
        _ = maps.DefaultSources.Set(0, Probe(_anywhereV4));
        _ = maps.DefaultSources.Set(1, Probe(_anywhereV6));
    }

    /// <summary>Notes the address for a destination; the kernel takes it for fresh for a minute.</summary>
    internal void Learn(IPAddress destination)
    {
        var source = new SourceRecord { Address = Probe(destination), LearnedNanoseconds = Monotonic.Nanoseconds };
        if (source.Address.ToAddress() is { } address && !address.Equals(IPAddress.IPv6Any))
        {
            _ = maps.Sources.Set(AddressRecord.From(destination), source);
        }
    }

    private static AddressRecord Probe(IPAddress destination)
    {
        try
        {
            using var socket = new Socket(destination.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(destination, ProbePort);
            return AddressRecord.From(((IPEndPoint)socket.LocalEndPoint!).Address);
        }
        catch (SocketException)
        {
            // No route: zeros, which the kernel side reads as "unknown".
            return default;
        }
    }
}
