using System.Buffers;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>
/// Follows the blocks of one direction where not every block is forwarded, or not every field. Blocks are forwarded byte for byte, except
/// indices of dynamic entries, which are shifted past the entries that the sink never got ("gone").
/// </summary>
/// <remarks>
/// The sink's table is the source's without the gone entries, in the same order, plus possibly older ones. Both get the same other inserts in
/// order; the entries newer than a live entry in the sink are a subset of those in the source, so their sizes sum up to at most as much: the
/// entry is still present in the sink, at the shifted index. Literals without indexing change no table. Size updates of blocks not forwarded
/// are put before the next one that is.
/// </remarks>
internal sealed class HpackPatcher
{
    /// <summary>Most bytes that a block may decode to: an index of one byte may stand for a field of kilobytes.</summary>
    public const int MaxDecodedBytes = 1024 * 1024;

    private readonly List<Representation> _fields = [];
    private readonly List<int> _updates = [];
    private readonly List<int> _owedUpdates = [];
    private readonly List<long> _gone = [];
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly ArrayBufferWriter<byte> _patched = new(1024);
    private ReadOnlyMemory<byte> _block;
    private int _updatesEnd;
    private long _insertedBefore;

    private readonly record struct Representation(
        HpackFieldKind Kind, int Index, long Entry, long InsertedBefore, int Start, int ValueStart, int End, int Text, int NameLength, int ValueLength);

    /// <summary>Decodes the blocks as the source wrote them.</summary>
    public HpackDecoder Decoder { get; } = new();

    /// <summary>
    /// A smaller table size that the receiver set and the sender acknowledged without having sent a block since: a block of our own must begin
    /// with it (RFC 7541 section 4.2). Null when none is owed.
    /// </summary>
    public int? OwedSize { get; set; }

    /// <summary>Number of dynamic entries that the sink does not have.</summary>
    public int GoneCount => _gone.Count;

    /// <summary>Number of fields of the last block.</summary>
    public int Count => _fields.Count;

    /// <summary>Reads a block. One of <see cref="Forward"/> and <see cref="Withhold"/> must follow before the next.</summary>
    public HpackStatus Read(ReadOnlyMemory<byte> block)
    {
        _fields.Clear();
        _updates.Clear();
        _text.ResetWrittenCount();
        (_block, _insertedBefore) = (block, Decoder.Table.Inserted);
        Prune();
        var visitor = new Visitor(this);
        var status = Decoder.Decode(block.Span, ref visitor);
        _updatesEnd = _fields.Count == 0 ? block.Length : _fields[0].Start;
        return visitor.TooLong ? HpackStatus.IntegerTooLarge : status;
    }

    public ReadOnlySpan<byte> Name(int index) => _text.WrittenSpan.Slice(_fields[index].Text, _fields[index].NameLength);

    public ReadOnlySpan<byte> Value(int index) =>
        _text.WrittenSpan.Slice(_fields[index].Text + _fields[index].NameLength, _fields[index].ValueLength);

    /// <summary>Value of the first field of that name; empty when there is none.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            if (Name(i).SequenceEqual(name))
            {
                return Value(i);
            }
        }

        return default;
    }

    /// <summary>Copies the fields.</summary>
    public void CopyTo(HeaderBlock headers)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            headers.Add(Name(i), Value(i));
        }
    }

    /// <summary>
    /// The block as it goes to the sink, without fields that <paramref name="drop"/> names; null when it goes as it came. Valid until the next
    /// block.
    /// </summary>
    public ReadOnlyMemory<byte>? Forward(Func<ReadOnlySpan<byte>, bool>? drop = null)
    {
        var dropped = drop is not null && MarkDropped(drop);
        var patches = dropped || _owedUpdates.Count > 0 || _gone.Count > 0;
        var result = patches ? Patch(drop) : default(ReadOnlyMemory<byte>?);
        _owedUpdates.Clear();
        if (_updates.Count > 0)
        {
            OwedSize = null;
        }

        return result;
    }

    /// <summary>The block does not go to the sink, or goes in other words.</summary>
    public void Withhold()
    {
        for (var entry = Math.Max(_insertedBefore, Oldest); entry < Decoder.Table.Inserted; entry++)
        {
            MarkGone(entry);
        }

        if (_updates.Count == 0)
        {
            return;
        }

        // What matters of several updates is the smallest, which evicts, and the last, which stays.
        _owedUpdates.AddRange(_updates);
        var (min, last) = (_owedUpdates.Min(), _owedUpdates[^1]);
        _owedUpdates.Clear();
        if (min < last)
        {
            _owedUpdates.Add(min);
        }

        _owedUpdates.Add(last);
    }

    /// <summary>Writes all fields of the block as literals that change no table.</summary>
    public void WriteLiteral(IBufferWriter<byte> target)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            HpackWriter.Literal(target, Name(i), Value(i), _fields[i].Kind == HpackFieldKind.NeverIndexed);
        }
    }

    /// <summary>Begins a block of our own with the size updates that the sink must see first.</summary>
    public void WriteOwed(IBufferWriter<byte> target)
    {
        if (_owedUpdates.Count == 0 && OwedSize is { } owed)
        {
            HpackWriter.SizeUpdate(target, owed);
        }

        foreach (var update in _owedUpdates)
        {
            HpackWriter.SizeUpdate(target, update);
        }

        _owedUpdates.Clear();
        OwedSize = null;
    }

    /// <summary>Gives pooled buffers back.</summary>
    public void Release() => Decoder.Release();

    private long Oldest => Decoder.Table.Inserted - Decoder.Table.Count;

    private void Prune() => _gone.RemoveAll(entry => entry < Oldest);

    private void MarkGone(long entry)
    {
        var at = _gone.BinarySearch(entry);
        if (at < 0)
        {
            _gone.Insert(~at, entry);
        }
    }

    private bool MarkDropped(Func<ReadOnlySpan<byte>, bool> drop)
    {
        var any = false;
        for (var i = 0; i < _fields.Count; i++)
        {
            if (!drop(Name(i)))
            {
                continue;
            }

            any = true;
            var insertedAfter = i + 1 < _fields.Count ? _fields[i + 1].InsertedBefore : Decoder.Table.Inserted;
            if (insertedAfter > _fields[i].InsertedBefore)
            {
                MarkGone(_fields[i].InsertedBefore);
            }
        }

        return any;
    }

    private ReadOnlyMemory<byte>? Patch(Func<ReadOnlySpan<byte>, bool>? drop)
    {
        var block = _block.Span;
        _patched.ResetWrittenCount();
        foreach (var update in _owedUpdates)
        {
            HpackWriter.SizeUpdate(_patched, update);
        }

        var changed = _owedUpdates.Count > 0;
        _patched.Write(block[.._updatesEnd]);
        for (var i = 0; i < _fields.Count; i++)
        {
            var field = _fields[i];
            if (drop is not null && drop(Name(i)))
            {
                changed = true;
                continue;
            }

            var mapped = Map(field);
            if (mapped == field.Index)
            {
                _patched.Write(block[field.Start..field.End]);
                continue;
            }

            changed = true;
            Rewrite(field, i, mapped, block[field.ValueStart..field.End]);
        }

        return changed ? _patched.WrittenMemory : default(ReadOnlyMemory<byte>?);
    }

    // Index as the sink counts; 0 when the sink does not have the entry.
    private int Map(in Representation field)
    {
        if (field.Entry < 0 || _gone.Count == 0)
        {
            return field.Index;
        }

        var at = _gone.BinarySearch(field.Entry);
        if (at >= 0)
        {
            return 0;
        }

        var until = _gone.BinarySearch(field.InsertedBefore);
        return field.Index - ((until < 0 ? ~until : until) - ~at);
    }

    private void Rewrite(in Representation field, int index, int mapped, ReadOnlySpan<byte> value)
    {
        if (field.Kind == HpackFieldKind.Indexed)
        {
            if (mapped > 0)
            {
                HpackWriter.Integer(_patched, mapped, 7, 0x80);
            }
            else
            {
                HpackWriter.Literal(_patched, Name(index), Value(index));
            }

            return;
        }

        var (bits, pattern) = field.Kind switch
        {
            HpackFieldKind.Incremental => (6, (byte)0x40),
            HpackFieldKind.NeverIndexed => (4, (byte)0x10),
            _ => (4, (byte)0),
        };
        HpackWriter.Integer(_patched, mapped, bits, pattern);
        if (mapped == 0)
        {
            HpackWriter.String(_patched, Name(index));
        }

        _patched.Write(value);
    }

    private ref struct Visitor(HpackPatcher patcher) : IHpackVisitor
    {
        public bool TooLong { get; private set; }

        public readonly void SizeUpdate(int size) => patcher._updates.Add(size);

        public void Field(in HpackField field)
        {
            var text = patcher._text;
            TooLong |= text.WrittenCount + field.Name.Length + field.Value.Length > MaxDecodedBytes;
            if (TooLong)
            {
                return;
            }

            var inserted = patcher.Decoder.Table.Inserted;
            var entry = field.Index > HpackStaticTable.Count ? inserted - 1 - (field.Index - HpackStaticTable.Count - 1) : -1;
            patcher._fields.Add(new(
                field.Kind, field.Index, entry, inserted, field.Start, field.ValueStart, field.End, text.WrittenCount, field.Name.Length,
                field.Value.Length));
            text.Write(field.Name);
            text.Write(field.Value);
        }
    }
}
