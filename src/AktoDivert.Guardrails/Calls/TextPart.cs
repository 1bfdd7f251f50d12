using System.Security.Cryptography;
using AktoDivert.Guardrails.Json;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Calls;

/// <summary>A text of an AI call with its place in the body.</summary>
internal sealed class TextPart
{
    private readonly string _where = "";
    private ReadOnlyMemory<byte> _body;
    private JsonTree? _tree;
    private int _node;
    private string? _text;

    /// <summary>A text that <see cref="Take"/> gives its place.</summary>
    public TextPart()
    {
    }

    /// <summary>A range of a body.</summary>
    public TextPart(ReadOnlyMemory<byte> body, int start, int length, TextCoding coding, string where)
    {
        (_body, Start, Length, Coding, _where) = (body, start, length, coding, where);
        Message = -1;
    }

    /// <summary>Becomes a string of a JSON body.</summary>
    public void Take(JsonTree tree, int node, TextKind kind, int message, bool canRedact)
    {
        (_body, _tree, _node, _text) = (tree.Utf8, tree, node, null);
        (Start, Length, Coding) = (tree.Start(node), tree.Length(node), TextCoding.Json);
        (Kind, Message, CanRedact, IsNew) = (kind, message, canRedact, true);
    }

    /// <summary>Lets its body go; false when it cannot be taken again.</summary>
    public bool TryForget()
    {
        (_body, _text) = (default, null);
        return _tree is not null;
    }

    /// <summary>What it is.</summary>
    public TextKind Kind { get; set; }

    /// <summary>Index of the message it belongs to; -1 when it belongs to none.</summary>
    public int Message { get; set; }

    /// <summary>Offset in the body.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes in the body.</summary>
    public int Length { get; private set; }

    /// <summary>How it is written there.</summary>
    public TextCoding Coding { get; private set; }

    /// <summary>Whether it may be changed: signed and unknown binary formats may not.</summary>
    public bool CanRedact { get; set; } = true;

    /// <summary>Whether it belongs to what the call adds to its conversation; older messages are resent history.</summary>
    public bool IsNew { get; set; } = true;

    /// <summary>Its bytes in the body.</summary>
    public ReadOnlySpan<byte> Raw => _body.Span.Slice(Start, Length);

    /// <summary>Where it stands, for people.</summary>
    public string Where => _tree?.PathOf(_node) ?? _where;

    /// <summary>The text.</summary>
    public string Text => _text ??= CodedText.Decode(Raw, Coding);

    /// <summary>Half of the SHA-256 of its bytes: what tells messages apart.</summary>
    public UInt128 Hash
    {
        get
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Raw, hash);
            return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
        }
    }
}
