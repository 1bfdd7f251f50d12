namespace AktoDivert.Redirect.Divert;

/// <summary>A packet driver with the abilities of WinDivert 2.2: the real one, a TUN device, or the simulator.</summary>
internal interface IDivertDriver
{
    /// <summary>For people: <c>WinDivert 2.2.2</c>.</summary>
    string Name { get; }

    /// <summary>Opens a handle.</summary>
    /// <param name="filter">In the driver's filter language, at most 256 instructions when compiled.</param>
    /// <param name="layer">Where.</param>
    /// <param name="priority">-30,000 to 30,000; the higher sees a packet first. What a handle sends is seen only by lower ones.</param>
    /// <param name="flags">How.</param>
    /// <param name="handle">The handle when the result is <see cref="DivertError.None"/>.</param>
    DivertError Open(string filter, DivertLayer layer, short priority, DivertFlags flags, out IDivertHandle? handle);
}
