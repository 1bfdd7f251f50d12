using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>What the server's answer to the handshake put in force (RFC 6455 section 9.1, RFC 7692 section 7.1).</summary>
/// <param name="Deflate">Whether permessage-deflate is in use.</param>
/// <param name="AppKeepsNoContext">client_no_context_takeover: every message of the app is compressed by itself.</param>
/// <param name="ServerKeepsNoContext">server_no_context_takeover.</param>
/// <param name="HasUnknown">Whether an extension is in use that is not followed.</param>
internal readonly record struct WebSocketExtensions(bool Deflate, bool AppKeepsNoContext, bool ServerKeepsNoContext, bool HasUnknown)
{
    /// <summary>
    /// Reads Sec-WebSocket-Extensions of a response. The window size parameters need no attention: the largest window, 2^15 bytes, inflates
    /// what was compressed with any smaller one.
    /// </summary>
    public static WebSocketExtensions Read(HeaderBlock response)
    {
        var extensions = default(WebSocketExtensions);
        for (var i = 0; i < response.Count; i++)
        {
            if (!Ascii.EqualsIgnoreCase(response.Name(i), "sec-websocket-extensions"u8))
            {
                continue;
            }

            var value = response.Value(i);
            foreach (var range in value.Split((byte)','))
            {
                extensions = extensions.With(value[range]);
            }
        }

        return extensions;
    }

    private WebSocketExtensions With(ReadOnlySpan<byte> extension)
    {
        var result = this;
        var first = true;
        foreach (var range in extension.Split((byte)';'))
        {
            var part = extension[range].Trim(" \t"u8);
            if (first)
            {
                var deflate = Ascii.EqualsIgnoreCase(part, "permessage-deflate"u8);
                result = deflate ? result with { Deflate = true } : result with { HasUnknown = result.HasUnknown || !part.IsEmpty };
            }
            else if (Ascii.EqualsIgnoreCase(part, "client_no_context_takeover"u8))
            {
                result = result with { AppKeepsNoContext = true };
            }
            else if (Ascii.EqualsIgnoreCase(part, "server_no_context_takeover"u8))
            {
                result = result with { ServerKeepsNoContext = true };
            }

            first = false;
        }

        return result;
    }
}
