using AktoDivert.SideBySide.Loads;
using AktoDivert.SideBySide.Peers;

namespace AktoDivert.SideBySide.Suites;

/// <summary>New intercepted connections, each with a full handshake of the app's.</summary>
internal static class ConnectionSuite
{
    /// <summary>Runs it.</summary>
    public static Task RunAsync(Scope scope) => scope.Compare.RunAsync(
        "new connection, full handshake", new HandshakeLoad(scope.Amount(1000)), PeerName.AktoDivert,
        (PeerName.NginxNoReuse, 1.2), (PeerName.Sslsplit, 0.85));
}
