using System.Buffers;
using System.Buffers.Text;

namespace AktoDivert.Guardrails.Streams;

/// <summary>One event of an answer, held until every text in it is decided.</summary>
internal sealed class StreamEvent(byte[] raw)
{
    private int _encodedStart;

    /// <summary>Its bytes, framing included.</summary>
    public byte[] Raw { get; } = raw;

    /// <summary>What its JSON stands in: <see cref="Raw"/>, or what is encoded within. Masked in place.</summary>
    public byte[] Content { get; private set; } = raw;

    /// <summary>Where its JSON begins in <see cref="Content"/>.</summary>
    public int JsonStart { get; set; }

    /// <summary>Length of its JSON; 0 when it has none.</summary>
    public int JsonLength { get; set; }

    /// <summary>Name of the event, where the framing gives one.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether its bytes may be changed.</summary>
    public bool CanMask { get; init; } = true;

    /// <summary>Texts in it that are not decided yet.</summary>
    public int Undecided { get; set; }

    /// <summary>Reads base64 within <see cref="Raw"/> in place of it; what is no base64 is left alone.</summary>
    public void Decode(int start, int length)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(length)];
        if (Base64.DecodeFromUtf8(Raw.AsSpan(start, length), decoded, out var read, out var written) == OperationStatus.Done && read == length)
        {
            (Content, _encodedStart, JsonStart, JsonLength) = (decoded[..written], start, 0, written);
        }
    }

    /// <summary>Its bytes, with what was masked in <see cref="Content"/>.</summary>
    public byte[] Masked()
    {
        if (Content != Raw)
        {
            Base64.EncodeToUtf8(Content, Raw.AsSpan(_encodedStart), out _, out _);
        }

        return Raw;
    }
}
