using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AktoDivert.Redirect.Divert;

namespace AktoDivert.Tests.Redirect.Divert;

/// <summary>The layout of WINDIVERT_ADDRESS, field by field, as windivert.h 2.2 has it.</summary>
[TestClass]
public sealed class DivertAddressTests
{
    [TestMethod]
    public void It_has_80_bytes_and_nothing_that_the_garbage_collector_knows()
    {
        Assert.AreEqual(80, Unsafe.SizeOf<DivertAddress>());
        Assert.AreEqual(DivertAddress.Size, Unsafe.SizeOf<DivertAddress>());
        Assert.IsFalse(RuntimeHelpers.IsReferenceOrContainsReferences<DivertAddress>());
        Assert.AreEqual(16, Unsafe.SizeOf<AddressWords>());
    }

    [TestMethod]
    [DataRow(nameof(DivertAddress.Timestamp), 0)]
    [DataRow(nameof(DivertAddress.Layer), 8)]
    [DataRow(nameof(DivertAddress.Event), 9)]
    [DataRow(nameof(DivertAddress.Flags), 10)]
    [DataRow(nameof(DivertAddress.Reserved1), 11)]
    [DataRow(nameof(DivertAddress.Reserved2), 12)]
    [DataRow(nameof(DivertAddress.InterfaceIndex), 16)]
    [DataRow(nameof(DivertAddress.SubInterfaceIndex), 20)]
    [DataRow(nameof(DivertAddress.EndpointId), 16)]
    [DataRow(nameof(DivertAddress.ParentEndpointId), 24)]
    [DataRow(nameof(DivertAddress.ProcessId), 32)]
    [DataRow(nameof(DivertAddress.LocalAddress), 36)]
    [DataRow(nameof(DivertAddress.RemoteAddress), 52)]
    [DataRow(nameof(DivertAddress.LocalPort), 68)]
    [DataRow(nameof(DivertAddress.RemotePort), 70)]
    [DataRow(nameof(DivertAddress.Protocol), 72)]
    [DataRow(nameof(DivertAddress.ReflectTimestamp), 16)]
    [DataRow(nameof(DivertAddress.ReflectProcessId), 24)]
    [DataRow(nameof(DivertAddress.ReflectLayer), 28)]
    [DataRow(nameof(DivertAddress.ReflectFlags), 32)]
    [DataRow(nameof(DivertAddress.ReflectPriority), 40)]
    public void Each_field_stands_at_its_offset(string field, int offset) =>
        Assert.AreEqual(offset, typeof(DivertAddress).GetField(field)!.GetCustomAttributes(typeof(FieldOffsetAttribute), false)
            .Cast<FieldOffsetAttribute>().Single().Value);

    [TestMethod]
    public void Every_field_is_in_the_table_above()
    {
        var listed = typeof(DivertAddressTests).GetMethod(nameof(Each_field_stands_at_its_offset))!
            .GetCustomAttributes(typeof(DataRowAttribute), false).Cast<DataRowAttribute>().Select(row => (string)row.Data[0]!);
        CollectionAssert.AreEquivalent(
            typeof(DivertAddress).GetFields().Where(f => !f.IsStatic).Select(f => f.Name).ToArray(), listed.ToArray());
    }

    [TestMethod]
    public void Addresses_are_words_in_host_order_with_the_last_most_significant()
    {
        // 2001:db8::10 and 203.0.113.10 as sys/windivert.c of the driver stores them.
        var v6 = AddressWords.From(UInt128.Parse("42540766411282592856903984951653826576", null), v6: true);
        CollectionAssert.AreEqual(new uint[] { 0x10, 0, 0, 0x20010db8 }, new[] { v6[0], v6[1], v6[2], v6[3] });
        Assert.AreEqual(UInt128.Parse("42540766411282592856903984951653826576", null), v6.ToNumber(true));
        var v4 = AddressWords.From(0xcb00710a, v6: false);
        CollectionAssert.AreEqual(new uint[] { 0xcb00710a, 0xffff, 0, 0 }, new[] { v4[0], v4[1], v4[2], v4[3] });
        Assert.AreEqual((UInt128)0xcb00710a, v4.ToNumber(false));
    }
}
