using System.Runtime.CompilerServices;

namespace AktoDivert.Redirect.Divert;

/// <summary>
/// An address of the FLOW and SOCKET layers: four words in host order, the last one the most significant. IPv4 stands in the first, with
/// 0x0000ffff in the second.
/// </summary>
[InlineArray(4)]
internal struct AddressWords
{
    private const uint MappedMark = 0xffff;
    private uint _first;

    /// <summary>The 128 bits as a number: IPv4 in its low 32 bits when <paramref name="v6"/> is false.</summary>
    public readonly UInt128 ToNumber(bool v6) =>
        v6 ? new UInt128(((ulong)this[3] << 32) | this[2], ((ulong)this[1] << 32) | this[0]) : this[0];

    /// <summary>Writes an address as the driver does.</summary>
    public static AddressWords From(UInt128 address, bool v6)
    {
        var words = default(AddressWords);
        words[0] = (uint)address;
        words[1] = v6 ? (uint)(address >> 32) : MappedMark;
        words[2] = v6 ? (uint)(address >> 64) : 0;
        words[3] = v6 ? (uint)(address >> 96) : 0;
        return words;
    }
}
