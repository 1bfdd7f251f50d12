using System.Net.Security;
using System.Security.Authentication;
using AktoDivert.Core.Flows;
using AktoDivert.Proxy.Relay;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Step 3, server's side: the original destination, the app's own SNI and ALPN list. It comes before the app is answered, so that the app
/// is told exactly what the server chose, and never sees a certificate of ours for a server that has no valid one.
/// </summary>
internal sealed class UpstreamConnector(ProxyOptions options, UpstreamDialer dialer, TimeProvider time)
{
    private readonly ClientCertificateRequests _requests = new(time);
    private readonly KnownAnchors _anchors = new(time);

    /// <summary>Connects and handshakes.</summary>
    /// <exception cref="UpstreamException">There is no such connection to be had; its fault says why.</exception>
    public async Task<TlsEnd> ConnectAsync(Flow flow, ClientHelloFacts hello, string host, CancellationToken stopping)
    {
        var socket = await dialer.DialAsync(flow.Destination, stopping);
        var transport = new TransportStream(socket);
        var tls = new SslStream(transport);
        try
        {
            await HandshakeAsync(tls, hello, host, stopping);
            return await TlsEnd.OverAsync(socket, transport, tls);
        }
        catch (Exception)
        {
            await tls.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    private async Task HandshakeAsync(SslStream tls, ClientHelloFacts hello, string host, CancellationToken stopping)
    {
        var check = new ServerCertificateCheck(host, options.ExtraRoots, _anchors);
        var watches = _requests.MustWatch(host);
        var certificateRequested = false;
        var clientOptions = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = hello.Alpn.Count == 0
                ? null
                : [.. hello.Alpn.Select(name => new SslApplicationProtocol(name.ToArray()))],
            CertificateChainPolicy = check.FirstPolicy(),
            RemoteCertificateValidationCallback = check.Validate,
        };
        if (watches)
        {
            clientOptions.LocalCertificateSelectionCallback = (_, _, _, remote, issuers) =>
            {
                // The first call comes before the handshake, when nothing is known of the server; only a later one is the server's request.
                certificateRequested |= remote is not null || issuers.Length > 0;
                return null!;
            };
        }

        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        Exception? failure = null;
        try
        {
            await tls.AuthenticateAsClientAsync(clientOptions, either.Token);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            failure = e;
        }

        if (certificateRequested)
        {
            throw new UpstreamException(UpstreamFault.WantsClientCertificate, "the server wants a client certificate", failure);
        }

        if (failure is not null)
        {
            _requests.Forget(host);
            throw check.Fault is { } fault
                ? new UpstreamException(UpstreamFault.CertificateInvalid, fault, failure)
                : new UpstreamException(UpstreamFault.TlsFailed, failure.GetBaseException().Message, failure);
        }

        if (watches)
        {
            _requests.NotRequested(host);
        }
    }
}
