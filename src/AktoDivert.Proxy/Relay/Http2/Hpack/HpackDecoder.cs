using System.Buffers;

namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>
/// Decodes the header blocks of one direction of a connection (RFC 7541). It sees exactly the blocks that the real receiver sees, so its
/// table is the receiver's. Never throws; a block that is not valid leaves it unusable.
/// </summary>
internal sealed class HpackDecoder
{
    /// <summary>Largest dynamic table followed. Browsers ask for 64 KiB; a peer may announce up to 4 GiB.</summary>
    public const int MaxTableSize = 1024 * 1024;

    private byte[] _scratch = [];

    /// <summary>
    /// The largest size update allowed: SETTINGS_HEADER_TABLE_SIZE of the receiving side. 0 to <see cref="MaxTableSize"/>.
    /// </summary>
    /// <remarks>
    /// Lowering it evicts nothing. The sender must follow with a size update (section 4.2), and until then its table holds the newest
    /// entries of this one: every index it can use means the same here.
    /// </remarks>
    public int SizeLimit { get; set; } = 4096;

    /// <summary>The table, for a gate that maps indices.</summary>
    public HpackDynamicTable Table { get; } = new();

    /// <summary>Decodes one whole block and gives each field to <paramref name="visitor"/>.</summary>
    public HpackStatus Decode<TVisitor>(ReadOnlySpan<byte> block, ref TVisitor visitor)
        where TVisitor : struct, IHpackVisitor, allows ref struct
    {
        var position = 0;
        var status = HpackStatus.Ok;
        var fieldSeen = false;
        while (status == HpackStatus.Ok && position < block.Length)
        {
            var first = block[position];
            if ((first & 0xe0) == 0x20)
            {
                status = fieldSeen ? HpackStatus.SizeUpdateMisplaced : UpdateSize(block, ref position, ref visitor);
                continue;
            }

            fieldSeen = true;
            status = (first & 0x80) != 0 ? Indexed(block, ref position, ref visitor) : Literal(block, ref position, ref visitor);
        }

        return status;
    }

    /// <summary>Gives pooled buffers back.</summary>
    public void Release()
    {
        Table.Release();
        ArrayPool<byte>.Shared.Return(_scratch, clearArray: true);
        _scratch = [];
    }

    private HpackStatus UpdateSize<TVisitor>(ReadOnlySpan<byte> block, ref int position, ref TVisitor visitor)
        where TVisitor : struct, IHpackVisitor, allows ref struct
    {
        var status = HpackInteger.Read(block, ref position, 5, out var size);
        if (status != HpackStatus.Ok)
        {
            return status;
        }

        if (size > SizeLimit)
        {
            return HpackStatus.SizeUpdateTooLarge;
        }

        Table.Resize(size);
        visitor.SizeUpdate(size);
        return HpackStatus.Ok;
    }

    private HpackStatus Indexed<TVisitor>(ReadOnlySpan<byte> block, ref int position, ref TVisitor visitor)
        where TVisitor : struct, IHpackVisitor, allows ref struct
    {
        var start = position;
        var status = HpackInteger.Read(block, ref position, 7, out var index);
        if (status != HpackStatus.Ok)
        {
            return status;
        }

        if (!Exists(index))
        {
            return HpackStatus.UnknownIndex;
        }

        visitor.Field(new HpackField
        {
            Kind = HpackFieldKind.Indexed, Index = index, Start = start, ValueStart = position, End = position,
            Name = Name(index),
            Value = index <= HpackStaticTable.Count ? HpackStaticTable.Value(index) : Table.Value(index - HpackStaticTable.Count - 1),
        });
        return HpackStatus.Ok;
    }

    private HpackStatus Literal<TVisitor>(ReadOnlySpan<byte> block, ref int position, ref TVisitor visitor)
        where TVisitor : struct, IHpackVisitor, allows ref struct
    {
        var start = position;
        var (kind, prefixBits) = (block[start] & 0xf0) switch
        {
            >= 0x40 => (HpackFieldKind.Incremental, 6),
            0x10 => (HpackFieldKind.NeverIndexed, 4),
            _ => (HpackFieldKind.WithoutIndexing, 4),
        };
        var status = HpackInteger.Read(block, ref position, prefixBits, out var index);
        if (status != HpackStatus.Ok)
        {
            return status;
        }

        if (index != 0 && !Exists(index))
        {
            return HpackStatus.UnknownIndex;
        }

        // The name is copied even when it stands in the table: inserting the field may evict it (section 4.4).
        var tableName = index == 0 ? default : Name(index);
        EnsureScratch(tableName.Length + HpackHuffman.MaxDecodedLength(block.Length - position) + 1);
        tableName.CopyTo(_scratch);
        var nameLength = tableName.Length;
        if (index == 0 && (status = ReadString(block, ref position, 0, out nameLength)) != HpackStatus.Ok)
        {
            return status;
        }

        var valueStart = position;
        if ((status = ReadString(block, ref position, nameLength, out var valueLength)) != HpackStatus.Ok)
        {
            return status;
        }

        var name = _scratch.AsSpan(0, nameLength);
        var value = _scratch.AsSpan(nameLength, valueLength);
        visitor.Field(new HpackField
        {
            Kind = kind, Index = index, Start = start, ValueStart = valueStart, End = position, Name = name, Value = value,
        });
        if (kind == HpackFieldKind.Incremental)
        {
            Table.Insert(name, value);
        }

        return HpackStatus.Ok;
    }

    private HpackStatus ReadString(ReadOnlySpan<byte> block, ref int position, int target, out int length)
    {
        length = 0;
        if (position >= block.Length)
        {
            return HpackStatus.Truncated;
        }

        var huffman = (block[position] & 0x80) != 0;
        var status = HpackInteger.Read(block, ref position, 7, out var encoded);
        if (status != HpackStatus.Ok)
        {
            return status;
        }

        if (encoded > block.Length - position)
        {
            return HpackStatus.Truncated;
        }

        var bytes = block.Slice(position, encoded);
        position += encoded;
        if (huffman)
        {
            return HpackHuffman.TryDecode(bytes, _scratch.AsSpan(target), out length) ? HpackStatus.Ok : HpackStatus.BadHuffman;
        }

        bytes.CopyTo(_scratch.AsSpan(target));
        length = encoded;
        return HpackStatus.Ok;
    }

    private bool Exists(int index) => index is not 0 && index <= HpackStaticTable.Count + Table.Count;

    private ReadOnlySpan<byte> Name(int index) =>
        index <= HpackStaticTable.Count ? HpackStaticTable.Name(index) : Table.Name(index - HpackStaticTable.Count - 1);

    private void EnsureScratch(int length)
    {
        if (_scratch.Length < length)
        {
            ArrayPool<byte>.Shared.Return(_scratch, clearArray: true);
            _scratch = ArrayPool<byte>.Shared.Rent(length);
        }
    }
}
