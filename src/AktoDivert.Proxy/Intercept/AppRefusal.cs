using System.Globalization;
using System.Text.RegularExpressions;
using AktoDivert.Proxy.Transport;

namespace AktoDivert.Proxy.Intercept;

/// <summary>
/// Recognises an app that does not accept our certificate. It looks different per runtime: an alert (OpenSSL, rustls), a bare FIN or RST
/// before the handshake is done (Node), or a completed handshake that ends without an application byte (Bun; see
/// <see cref="RefusalSuspicions"/>).
/// </summary>
internal static partial class AppRefusal
{
    // OpenSSL numbers the alerts it receives from 1000 (SSL_AD_REASON_OFFSET).
    private const int OpenSslAlertOffset = 1000;

    /// <summary>The reason for a person when a failed handshake was a refusal; null when it was not.</summary>
    /// <param name="fault">What the handshake failed with.</param>
    /// <param name="transport">The app's transport: a refusal can only follow after our certificate was sent.</param>
    public static string? OfHandshake(Exception fault, TransportStream transport)
    {
        if (OfAlert(fault) is { } refused)
        {
            return refused;
        }

        // An app that does not like what it was offered in other ways says so by an alert; one that leaves without a word saw the
        // certificate last.
        return transport.HasSent && AlertOf(fault) is null && fault is IOException
            ? transport.HasEnded ? "closed before the handshake was done" : "reset before the handshake was done"
            : null;
    }

    /// <summary>The reason when a fault is an alert about our certificate (RFC 8446 section 6.2); null otherwise.</summary>
    public static string? OfAlert(Exception? fault) => AlertOf(fault) switch
    {
        42 => "alert bad_certificate (42)",
        43 => "alert unsupported_certificate (43)",
        45 => "alert certificate_expired (45)",
        46 => "alert certificate_unknown (46)",
        48 => "alert unknown_ca (48)",
        _ => null,
    };

    /// <summary>The alert an app sent, as far as the platform's TLS tells.</summary>
    private static int? AlertOf(Exception? fault)
    {
        for (var e = fault; e is not null; e = e.InnerException)
        {
            // "error:0A000418:SSL routines::tlsv1 alert unknown ca": the last twelve bits are the reason.
            var match = OpenSslError().Match(e.Message);
            if (match.Success)
            {
                var reason = int.Parse(match.ValueSpan[^3..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                return reason is > OpenSslAlertOffset and < OpenSslAlertOffset + 256 ? reason - OpenSslAlertOffset : null;
            }
        }

        return null;
    }

    [GeneratedRegex("error:0A[0-9A-F]{6}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OpenSslError();
}
