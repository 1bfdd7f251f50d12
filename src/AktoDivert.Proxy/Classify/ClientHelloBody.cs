using System.Buffers.Binary;
using AktoDivert.Core.Flows;

namespace AktoDivert.Proxy.Classify;

/// <summary>Parses the body of a ClientHello (RFC 8446 section 4.1.2; RFC 5246 section 7.4.1.2 where no extensions are sent).</summary>
internal static class ClientHelloBody
{
    private const int RandomLength = 32;
    private const ushort Tls13 = 0x0304;

    /// <summary>Parses a whole body; false when it is malformed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, out ClientHelloFacts? facts)
    {
        facts = null;
        var cursor = new SpanCursor(body);
        if (!cursor.TryReadUInt16(out var version)
            || !cursor.TrySkip(RandomLength)
            || !cursor.TryReadVector8(out _) // legacy_session_id
            || !cursor.TryReadVector16(out var cipherBytes)
            || !TryReadList(cipherBytes, out var ciphers)
            || !cursor.TryReadVector8(out _)) // legacy_compression_methods
        {
            return false;
        }

        var extensions = new Extensions();
        if (!cursor.IsAtEnd && !(cursor.TryReadVector16(out var extensionBytes) && extensions.TryParse(extensionBytes)))
        {
            return false;
        }

        if (extensions.Versions.Count > 0)
        {
            version = extensions.Versions.Max();
        }

        var firstAlpn = extensions.Alpn.Count > 0 ? extensions.Alpn[0].Span : default;
        facts = new ClientHelloFacts(
            extensions.ServerName,
            extensions.Alpn,
            extensions.Versions.Contains(Tls13),
            extensions.HasEch,
            Ja4Fingerprint.Compute(version, ciphers, extensions.Types, extensions.SignatureAlgorithms, firstAlpn));
        return true;
    }

    /// <summary>Reads 16-bit values up to the end, without GREASE.</summary>
    private static bool TryReadList(ReadOnlySpan<byte> bytes, out List<ushort> values)
    {
        values = new List<ushort>(bytes.Length / 2);
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            var value = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (!Ja4Fingerprint.IsGrease(value))
            {
                values.Add(value);
            }
        }

        return bytes.IsEmpty;
    }

    private sealed class Extensions
    {
        private const byte HostNameType = 0;

        public List<ushort> Types { get; } = [];

        public List<ushort> Versions { get; private set; } = [];

        public List<ushort> SignatureAlgorithms { get; private set; } = [];

        public List<ReadOnlyMemory<byte>> Alpn { get; } = [];

        public string? ServerName { get; private set; }

        public bool HasEch { get; private set; }

        public bool TryParse(ReadOnlySpan<byte> bytes)
        {
            var cursor = new SpanCursor(bytes);
            while (!cursor.IsAtEnd)
            {
                if (!cursor.TryReadUInt16(out var type) || !cursor.TryReadVector16(out var content) || !TryParseOne(type, content))
                {
                    return false;
                }

                if (!Ja4Fingerprint.IsGrease(type))
                {
                    Types.Add(type);
                }
            }

            return true;
        }

        private bool TryParseOne(ushort type, ReadOnlySpan<byte> content)
        {
            var cursor = new SpanCursor(content);
            switch (type)
            {
                case 0x0000: // server_name, RFC 6066 section 3
                    return cursor.TryReadVector16(out var names) && TryParseServerName(names);
                case 0x000d: // signature_algorithms, RFC 8446 section 4.2.3
                    return cursor.TryReadVector16(out var algorithms) && TryReadList(algorithms, out var signatures)
                        && (SignatureAlgorithms = signatures) is not null;
                case 0x0010: // application_layer_protocol_negotiation, RFC 7301 section 3.1
                    return cursor.TryReadVector16(out var protocols) && TryParseAlpn(protocols);
                case 0x002b: // supported_versions, RFC 8446 section 4.2.1
                    return cursor.TryReadVector8(out var offered) && TryReadList(offered, out var versions)
                        && (Versions = versions) is not null;
                case 0xfe0d: // encrypted_client_hello, RFC 9849
                    return HasEch = true;
                default:
                    return true;
            }
        }

        private bool TryParseServerName(ReadOnlySpan<byte> names)
        {
            var cursor = new SpanCursor(names);
            while (!cursor.IsAtEnd)
            {
                if (!cursor.TryReadByte(out var type) || !cursor.TryReadVector16(out var name))
                {
                    return false;
                }

                if (type == HostNameType)
                {
                    ServerName ??= HostName.Parse(name);
                }
            }

            return true;
        }

        private bool TryParseAlpn(ReadOnlySpan<byte> protocols)
        {
            var cursor = new SpanCursor(protocols);
            while (!cursor.IsAtEnd)
            {
                if (!cursor.TryReadVector8(out var name) || name.IsEmpty)
                {
                    return false;
                }

                Alpn.Add(name.ToArray());
            }

            return true;
        }
    }
}
