using System.Buffers.Text;
using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>What the fields of a head say about framing and upgrade, and where they stand.</summary>
/// <param name="places">Room for the places; with more fields than that they are read once more when they are added to a block.</param>
internal ref struct Http1FieldFacts(Span<HeaderPlace> places)
{
    /// <summary>Fields that a head seldom has more of.</summary>
    public const int UsualFields = 64;

    private readonly Span<HeaderPlace> _places = places;
    private int _count;
    private bool _isElsewhere;
    private long? _contentLength;
    private bool _conflicting;
    private bool _transferEncoding;
    private bool _chunked;

    /// <summary>The first Host field; empty when there is none.</summary>
    public ReadOnlySpan<byte> Host { get; private set; }

    /// <summary>Whether an Upgrade field names <c>websocket</c> (RFC 6455 section 4).</summary>
    public bool UpgradesToWebSocket { get; private set; }

    /// <summary>Reads all fields; false when one is malformed.</summary>
    public bool TryRead(Http1FieldReader fields)
    {
        while (fields.TryRead(out var name, out var value))
        {
            Note(fields.Place);
            switch (name.Length)
            {
                case 4 when Host.IsEmpty && Ascii.EqualsIgnoreCase(name, "host"u8):
                    Host = value;
                    break;
                case 7 when Ascii.EqualsIgnoreCase(name, "upgrade"u8):
                    UpgradesToWebSocket |= Ascii.EqualsIgnoreCase(value, "websocket"u8);
                    break;
                case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                    AddContentLength(value);
                    break;
                case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                    _transferEncoding = true;
                    var last = value[(value.LastIndexOf((byte)',') + 1)..].Trim(" \t"u8);
                    _chunked = Ascii.EqualsIgnoreCase(last, "chunked"u8);
                    break;
            }
        }

        return !fields.IsMalformed;
    }

    /// <summary>Adds the fields to a block.</summary>
    /// <param name="headers">The block.</param>
    /// <param name="fields">The reader that was read.</param>
    public readonly void AddTo(HeaderBlock headers, Http1FieldReader fields)
    {
        if (_isElsewhere)
        {
            Http1Fields.TryAdd(fields, headers);
        }
        else
        {
            headers.AddText(fields.Section, _places[.._count]);
        }
    }

    /// <summary>Framing of a request body (RFC 9112 section 6.3, items 3 to 7).</summary>
    public readonly Http1Framing RequestFraming => _transferEncoding
        ? new(_chunked ? Http1FramingKind.Chunked : Http1FramingKind.Unknown)
        : _conflicting ? new(Http1FramingKind.Unknown) : new(Http1FramingKind.Length, _contentLength ?? 0);

    /// <summary>Framing of a response body that is not empty by its request or status (items 3 to 8).</summary>
    public readonly Http1Framing ResponseFraming => _transferEncoding
        ? new(_chunked ? Http1FramingKind.Chunked : Http1FramingKind.UntilClose)
        : _conflicting ? new(Http1FramingKind.Unknown)
        : _contentLength is { } length ? new(Http1FramingKind.Length, length) : new(Http1FramingKind.UntilClose);

    private void Note(HeaderPlace? place)
    {
        if (place is { } known && _count < _places.Length)
        {
            _places[_count++] = known;
        }
        else
        {
            _isElsewhere = true;
        }
    }

    // A list of equal values is one value (RFC 9110 section 8.6); different ones make the end of the message a matter of opinion.
    private void AddContentLength(ReadOnlySpan<byte> value)
    {
        if (!value.Contains((byte)','))
        {
            AddLength(value);
            return;
        }

        foreach (var range in value.Split((byte)','))
        {
            AddLength(value[range].Trim(" \t"u8));
        }
    }

    private void AddLength(ReadOnlySpan<byte> digits)
    {
        var valid = Utf8Parser.TryParse(digits, out long length, out var consumed) && consumed == digits.Length && char.IsAsciiDigit((char)digits[0]);
        _conflicting |= !valid || (_contentLength ?? length) != length;
        _contentLength = length;
    }
}
