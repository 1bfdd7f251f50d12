using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AktoDivert.Guardrails.Json;

/// <summary>
/// A JSON text as a flat list of values in document order, each with its place in the bytes, so that a string can be masked where it stands.
/// Takes any bytes: what stands before the first fault is kept, the rest is <see cref="Rest"/>. Memory is bounded by
/// <see cref="MaximumNodes"/>, whatever the nesting; repeated names are all there. Its list is pooled: a tree that nobody disposes costs garbage,
/// one that was disposed is empty, and may read again.
/// </summary>
internal sealed class JsonTree : IDisposable
{
    /// <summary>Most values kept.</summary>
    public const int MaximumNodes = 200_000;

    private const int MaximumNameLength = 256;

    private Node[] _nodes = [];

    private struct Node
    {
        public JsonNodeKind Kind;
        public bool IsTaken;
        public bool IsNameEscaped;
        public int Start;
        public int Length;
        public int NameStart;
        public int NameLength;
        public int Parent;
        public int Next;

        // Of an object or array that is being read: its last value so far.
        public int Last;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; private set; }

    /// <summary>Number of values.</summary>
    public int Count { get; private set; }

    /// <summary>The outermost value; -1 when there is none.</summary>
    public int Root => Count > 0 ? 0 : -1;

    /// <summary>Offset of the first byte that was not understood; the length of the text when all was.</summary>
    public int Rest { get; private set; }

    /// <summary>Whether the text is one JSON value and nothing else.</summary>
    public bool IsComplete => Rest == Utf8.Length && Count > 0;

    /// <summary>Reads a text.</summary>
    public static JsonTree Parse(ReadOnlyMemory<byte> utf8)
    {
        var tree = new JsonTree();
        tree.Read(utf8);
        return tree;
    }

    /// <summary>Reads a text in place of the one before.</summary>
    public void Read(ReadOnlyMemory<byte> utf8)
    {
        (Utf8, Count, Rest) = (utf8, 0, 0);
        if (_nodes.Length == 0)
        {
            _nodes = ArrayPool<Node>.Shared.Rent(48);
        }

        Read();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_nodes.Length > 0)
        {
            ArrayPool<Node>.Shared.Return(_nodes);
        }

        _nodes = [];
        (Utf8, Count, Rest) = (default, 0, 0);
    }

    /// <summary>Kind of a value.</summary>
    public JsonNodeKind Kind(int node) => _nodes[node].Kind;

    /// <summary>Whether there is such a value and it is a string.</summary>
    public bool IsString(int node) => node >= 0 && _nodes[node].Kind == JsonNodeKind.String;

    /// <summary>Whether there is such a value and it is an object.</summary>
    public bool IsObject(int node) => node >= 0 && _nodes[node].Kind == JsonNodeKind.Object;

    /// <summary>Whether there is such a value and it is an array.</summary>
    public bool IsArray(int node) => node >= 0 && _nodes[node].Kind == JsonNodeKind.Array;

    /// <summary>Offset of a value's first byte; of a string that after its quote.</summary>
    public int Start(int node) => _nodes[node].Start;

    /// <summary>Bytes of a value; of a string without its quotes.</summary>
    public int Length(int node) => _nodes[node].Length;

    /// <summary>The bytes of a value; of a string without its quotes, still escaped.</summary>
    public ReadOnlySpan<byte> Raw(int node) => Utf8.Span.Slice(_nodes[node].Start, _nodes[node].Length);

    /// <summary>The value that holds this one; -1 for the outermost.</summary>
    public int Parent(int node) => _nodes[node].Parent;

    /// <summary>First value within an object or array; -1 when it is empty, absent or neither.</summary>
    public int First(int node) =>
        node >= 0 && _nodes[node].Kind <= JsonNodeKind.Array && node + 1 < Count && _nodes[node + 1].Parent == node ? node + 1 : -1;

    /// <summary>Next value of the same object or array; -1 after the last.</summary>
    public int Next(int node) => _nodes[node].Next;

    /// <summary>The values of an array, or of an object, in order.</summary>
    public JsonItems Items(int node) => new(this, First(node));

    /// <summary>Marks a value as taken; false when it was already.</summary>
    public bool Take(int node)
    {
        ref var taken = ref _nodes[node].IsTaken;
        return !taken && (taken = true);
    }

    /// <summary>Index after the last value within this one.</summary>
    public int End(int node)
    {
        for (; node >= 0; node = _nodes[node].Parent)
        {
            if (_nodes[node].Next >= 0)
            {
                return _nodes[node].Next;
            }
        }

        return Count;
    }

    /// <summary>The member of that name, the last where there are several, as most parsers take it; -1 when there is none.</summary>
    public int Member(int node, ReadOnlySpan<byte> name)
    {
        var found = -1;
        if (IsObject(node))
        {
            for (var child = First(node); child >= 0; child = Next(child))
            {
                if (IsNamed(child, name))
                {
                    found = child;
                }
            }
        }

        return found;
    }

    /// <summary>The member of a member; -1 when there is none.</summary>
    public int Member(int node, ReadOnlySpan<byte> outer, ReadOnlySpan<byte> inner) => Member(Member(node, outer), inner);

    /// <summary>Whether a value is the member of that name.</summary>
    public bool IsNamed(int node, ReadOnlySpan<byte> name)
    {
        ref readonly var known = ref _nodes[node];
        if (!known.IsNameEscaped)
        {
            return known.NameLength == name.Length && Name(node).SequenceEqual(name);
        }

        return known.NameLength <= MaximumNameLength && Encoding.UTF8.GetBytes(JsonText.Decode(Name(node))).AsSpan().SequenceEqual(name);
    }

    /// <summary>The raw name of a member; empty for an element of an array.</summary>
    public ReadOnlySpan<byte> Name(int node) => Utf8.Span.Slice(_nodes[node].NameStart, _nodes[node].NameLength);

    /// <summary>The text of a string; null when it is none.</summary>
    public string? Text(int node) => IsString(node) ? JsonText.Decode(Raw(node)) : null;

    /// <summary>The text of a short string, for names and ids: cut at 256 bytes; null when it is none or empty.</summary>
    public string? Word(int node)
    {
        if (!IsString(node) || Length(node) == 0)
        {
            return null;
        }

        var raw = Raw(node);
        raw = raw[..Math.Min(raw.Length, MaximumNameLength)];
        return System.Text.Ascii.IsValid(raw) && !raw.Contains((byte)'\\') ? Extractors.Interned.Latin1(raw) : JsonText.Decode(raw);
    }

    /// <summary>Whether a value is the string of that text, as ASCII without escapes.</summary>
    public bool Is(int node, ReadOnlySpan<byte> text) => IsString(node) && Raw(node).SequenceEqual(text);

    /// <summary>Whether there is such a value and it is <c>true</c>.</summary>
    public bool IsTrue(int node) => node >= 0 && Kind(node) == JsonNodeKind.Literal && Raw(node).SequenceEqual("true"u8);

    /// <summary>A whole number that is not negative; null when the value is none.</summary>
    public long? Number(int node) =>
        node >= 0 && Kind(node) == JsonNodeKind.Number && Utf8Parser.TryParse(Raw(node), out long number, out var used) && used == Length(node) && number >= 0
            ? number
            : null;

    /// <summary>Where a value stands, for people: <c>$.messages[2].content</c>. Deep places are shortened.</summary>
    public string PathOf(int node)
    {
        var steps = new List<string>();
        for (; node > 0 && steps.Count < 32; node = Parent(node))
        {
            var parent = Parent(node);
            if (parent < 0)
            {
                break;
            }

            if (Kind(parent) == JsonNodeKind.Object)
            {
                var name = Name(node);
                steps.Add("." + JsonText.Decode(name[..Math.Min(name.Length, 64)]));
                continue;
            }

            var index = 0;
            for (var child = First(parent); child >= 0 && child != node; child = Next(child))
            {
                index++;
            }

            steps.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
        }

        steps.Reverse();
        return "$" + (node > 0 ? "..." : "") + string.Concat(steps);
    }

    private void Read()
    {
        var bytes = Utf8.Span;
        var skipped = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(bytes[skipped..], new JsonReaderOptions { MaxDepth = int.MaxValue / 2 });
        var (parent, nameStart, nameLength, isNameEscaped) = (-1, 0, 0, false);
        try
        {
            while (reader.Read())
            {
                var at = skipped + (int)reader.TokenStartIndex;
                var end = skipped + (int)reader.BytesConsumed;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        (nameStart, nameLength, isNameEscaped) = (at + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        _nodes[parent].Length = end - _nodes[parent].Start;
                        parent = _nodes[parent].Parent;
                        Rest = end;
                        continue;
                }

                if (Count == MaximumNodes)
                {
                    return;
                }

                var kind = KindOf(reader.TokenType);
                var isString = kind == JsonNodeKind.String;
                Add(new Node
                {
                    Kind = kind,
                    Start = isString ? at + 1 : at,
                    Length = reader.ValueSpan.Length,
                    NameStart = nameStart,
                    NameLength = nameLength,
                    IsNameEscaped = isNameEscaped,
                    Parent = parent,
                    Next = -1,
                    Last = -1,
                });
                (nameStart, nameLength, isNameEscaped) = (0, 0, false);
                Rest = end;
                if (kind <= JsonNodeKind.Array)
                {
                    parent = Count - 1;
                }
            }

            Rest = Utf8.Length;
        }
        catch (JsonException)
        {
            // Not JSON from here on, or cut: what was read stands, Rest says where it ends.
        }
    }

    private void Add(in Node node)
    {
        if (Count == _nodes.Length)
        {
            var larger = ArrayPool<Node>.Shared.Rent(Count * 2);
            _nodes.CopyTo(larger, 0);
            ArrayPool<Node>.Shared.Return(_nodes);
            _nodes = larger;
        }

        if (node.Parent >= 0)
        {
            ref var last = ref _nodes[node.Parent].Last;
            if (last >= 0)
            {
                _nodes[last].Next = Count;
            }

            last = Count;
        }

        _nodes[Count++] = node;
    }

    private static JsonNodeKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonNodeKind.Object,
        JsonTokenType.StartArray => JsonNodeKind.Array,
        JsonTokenType.String => JsonNodeKind.String,
        JsonTokenType.Number => JsonNodeKind.Number,
        _ => JsonNodeKind.Literal,
    };
}
