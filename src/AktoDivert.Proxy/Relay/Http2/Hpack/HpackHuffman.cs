namespace AktoDivert.Proxy.Relay.Http2.Hpack;

/// <summary>
/// The Huffman code of RFC 7541 appendix B, decoded four bits at a time. The code is canonical (sorted by length, then by symbol), so the
/// lengths alone define it.
/// </summary>
internal static class HpackHuffman
{
    private const int EndOfString = 256;
    private const ushort Emits = 0x8000;
    private const ushort Fails = 0x4000;
    private const ushort NodeMask = 0x00ff;

    private static ReadOnlySpan<byte> CodeLengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,
    ];

    // By inner node (256 of them, the root is 0) and next four bits: flags and next node; and the symbol when one ends within them. The
    // shortest code has five bits, so that no step ends two.
    private static readonly ushort[] Steps = new ushort[256 * 16];
    private static readonly byte[] Symbols = new byte[256 * 16];

    // A string may end only at a code's end or within up to seven bits of padding, which are the first bits of EOS: all ones.
    private static readonly bool[] MayEnd = new bool[256];

    static HpackHuffman() => BuildSteps(BuildTree());

    /// <summary>Most bytes that <paramref name="encoded"/> bytes decode to.</summary>
    public static int MaxDecodedLength(int encoded) => (encoded * 8 / 5) + 1;

    /// <summary>
    /// Decodes into <paramref name="target"/>, which must hold <see cref="MaxDecodedLength"/>; false for EOS or bad padding.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> target, out int written)
    {
        written = 0;
        var node = 0;
        foreach (var octet in encoded)
        {
            if (!Step(ref node, octet >> 4, target, ref written) || !Step(ref node, octet & 15, target, ref written))
            {
                return false;
            }
        }

        return MayEnd[node];
    }

    private static bool Step(ref int node, int bits, Span<byte> target, ref int written)
    {
        var at = (node << 4) | bits;
        var step = Steps[at];
        if ((step & Emits) != 0)
        {
            target[written++] = Symbols[at];
        }

        node = step & NodeMask;
        return (step & Fails) == 0;
    }

    // Two children per inner node: a non-negative inner node, or the complement of a symbol. 0 is the root, so nobody's child.
    private static int[] BuildTree()
    {
        var tree = new int[2 * 256];
        var nodes = 1;
        uint code = 0;
        for (var length = 1; length <= 30; length++)
        {
            code <<= 1;
            for (var symbol = 0; symbol <= EndOfString; symbol++)
            {
                if (CodeLengths[symbol] == length)
                {
                    nodes = AddCode(tree, nodes, code++, length, symbol);
                }
            }
        }

        return tree;
    }

    private static int AddCode(int[] tree, int nodes, uint code, int length, int symbol)
    {
        var node = 0;
        for (var bit = length - 1; bit > 0; bit--)
        {
            ref var child = ref tree[(2 * node) + (int)((code >> bit) & 1)];
            if (child == 0)
            {
                child = nodes++;
            }

            node = child;
        }

        tree[(2 * node) + (int)(code & 1)] = ~symbol;
        return nodes;
    }

    private static void BuildSteps(int[] tree)
    {
        for (var node = 0; node < 256; node++)
        {
            for (var bits = 0; bits < 16; bits++)
            {
                var (at, flags) = (node, 0);
                for (var bit = 3; bit >= 0; bit--)
                {
                    var child = tree[(2 * at) + ((bits >> bit) & 1)];
                    at = Math.Max(0, child);
                    if (child == ~EndOfString)
                    {
                        flags |= Fails;
                    }
                    else if (child < 0)
                    {
                        flags |= Emits;
                        Symbols[(node << 4) | bits] = (byte)~child;
                    }
                }

                Steps[(node << 4) | bits] = (ushort)(flags | at);
            }
        }

        for (var (node, ones) = (0, 0); ones <= 7; ones++)
        {
            MayEnd[node] = true;
            node = tree[(2 * node) + 1];
        }
    }
}
