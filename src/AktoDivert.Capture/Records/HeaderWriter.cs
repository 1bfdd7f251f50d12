using System.Text;
using System.Text.Unicode;
using AktoDivert.Capture.Scrub;
using AktoDivert.Core.Content;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Capture.Records;

/// <summary>
/// Writes header fields as Akto's records carry them: the members of a JSON object that is a string's content itself, names in lower
/// case, every value a string (a value of another kind makes Akto's guardrails drop all of them). Not thread-safe.
/// </summary>
internal sealed class HeaderWriter
{
    // By name as sent: one object for all spellings of a name, so that repeated fields find each other.
    private readonly ByteMemo<HeaderName> _names = new();
    private readonly Dictionary<byte[], HeaderName> _lower = new(ByteStringComparer.Instance);
    private readonly Func<ReadOnlySpan<byte>, HeaderName> _canonical;
    private HeaderName[] _fields = new HeaderName[32];

    /// <summary>Makes one that knows no names yet.</summary>
    public HeaderWriter() => _canonical = Canonical;

    /// <summary>The value of the first field of that name in UTF-8, unscrubbed; empty when absent.</summary>
    public static ReadOnlySpan<byte> Find(HeaderBlock block, ReadOnlySpan<byte> name) => ToUtf8(block.Find(name, out _));

    /// <summary>
    /// Writes the scrubbed fields, comma-separated; repeated fields are joined (RFC 9110 section 5.3). Of a request those are left out that
    /// its record sets itself.
    /// </summary>
    public void Write(HeaderBlock block, bool ofRequest, ByteBuffer output)
    {
        Resolve(block);
        var start = output.Length;
        Write(block, ofRequest, output, search: false);
        if (SecretShapes.MayOccur(output.Span[start..]))
        {
            // A key may stand in any field: browsers' WebSocket clients put it into sec-websocket-protocol, which has the only free text.
            output.Truncate(start);
            Write(block, ofRequest, output, search: true);
        }
    }

    private void Write(HeaderBlock block, bool ofRequest, ByteBuffer output, bool search)
    {
        Count(block.Count);
        var separator = ""u8;
        for (var i = 0; i < block.Count; i++)
        {
            var name = _fields[i];
            if (name.Left == 0 || name.Kind == HeaderKind.LeftOut || (ofRequest && name.IsOurs))
            {
                continue;
            }

            output.Append(separator);
            output.Append("\\\""u8);
            output.AppendEscapedTwice(name.Utf8);
            output.Append("\\\":\\\""u8);
            WriteValue(name.Kind, block.Value(i), output, search);
            for (var j = i + 1; --name.Left > 0 && name.Kind != HeaderKind.Secret; j++)
            {
                j = Array.IndexOf(_fields, name, j);
                output.Append(", "u8);
                WriteValue(name.Kind, block.Value(j), output, search);
            }

            name.Left = 0;
            output.Append("\\\""u8);
            separator = ","u8;
        }
    }

    private static void WriteValue(HeaderKind kind, ReadOnlySpan<byte> value, ByteBuffer output, bool search)
    {
        if (kind == HeaderKind.Secret)
        {
            output.Append(SecretShapes.Utf8Mark);
            return;
        }

        var utf8 = ToUtf8(value);
        if (kind == HeaderKind.Url && utf8.Contains((byte)'?'))
        {
            utf8 = Encoding.UTF8.GetBytes(ParameterScrubber.ScrubUrl(Encoding.UTF8.GetString(utf8)));
        }
        else if (search)
        {
            utf8 = Encoding.UTF8.GetBytes(SecretShapes.Replace(Encoding.UTF8.GetString(utf8)));
        }

        output.AppendEscapedTwice(utf8);
    }

    private void Resolve(HeaderBlock block)
    {
        if (_names.Trim())
        {
            _lower.Clear();
        }

        if (_fields.Length < block.Count)
        {
            _fields = new HeaderName[HeaderBlock.MaxFields];
        }

        for (var i = 0; i < block.Count; i++)
        {
            _fields[i] = _names.GetOrAdd(block.Name(i), _canonical);
        }
    }

    private void Count(int fields)
    {
        foreach (var name in _fields.AsSpan(0, fields))
        {
            name.Left = 0;
        }

        foreach (var name in _fields.AsSpan(0, fields))
        {
            name.Left++;
        }
    }

    private HeaderName Canonical(ReadOnlySpan<byte> name)
    {
        var made = HeaderName.Of(name);
        return _lower.TryGetValue(made.Utf8, out var known) ? known : _lower[made.Utf8] = made;
    }

    private static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<byte> value) =>
        Utf8.IsValid(value) ? value : Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(value));
}
