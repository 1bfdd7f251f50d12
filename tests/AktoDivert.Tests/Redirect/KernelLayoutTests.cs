using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using AktoDivert.Redirect;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Tests.Redirect;

/// <summary>The sizes that native/ebpf/redirect.h gives, and the object that goes with them.</summary>
[TestClass]
public sealed class KernelLayoutTests
{
    [TestMethod]
    public void Records_have_the_sizes_of_the_kernel_side()
    {
        Assert.AreEqual(40, Unsafe.SizeOf<ConfigRecord>());
        Assert.AreEqual(16, Unsafe.SizeOf<AddressRecord>());
        Assert.AreEqual(24, Unsafe.SizeOf<SourceRecord>());
        Assert.AreEqual(64, Unsafe.SizeOf<NameRecord>());
        Assert.AreEqual(8, Unsafe.SizeOf<NameRuleRecord>());
        Assert.AreEqual(16, Unsafe.SizeOf<FileIdRecord>());
        Assert.AreEqual(16, Unsafe.SizeOf<ProcessRecord>());
        Assert.AreEqual(128, Unsafe.SizeOf<FlowRecord>());
        Assert.AreEqual(32, Unsafe.SizeOf<PeerRecord>());
        Assert.AreEqual(24, Unsafe.SizeOf<DestinationRecord>());
        Assert.AreEqual(80, Unsafe.SizeOf<HostKeyRecord>());
        Assert.AreEqual(16, Unsafe.SizeOf<DirectValueRecord>());
        Assert.AreEqual(144, Unsafe.SizeOf<DirectFlowRecord>());
        Assert.AreEqual(256, Unsafe.SizeOf<DirectEventRecord>());
    }

    [TestMethod]
    [DataRow("203.0.113.10")]
    [DataRow("2001:db8::10")]
    public void An_address_comes_back_as_it_went(string address) =>
        Assert.AreEqual(IPAddress.Parse(address), AddressRecord.From(IPAddress.Parse(address)).ToAddress());

    [TestMethod]
    public void A_v4_mapped_address_comes_back_as_IPv4() =>
        Assert.AreEqual(IPAddress.Parse("203.0.113.10"), AddressRecord.From(IPAddress.Parse("::ffff:203.0.113.10")).ToAddress());

    [TestMethod]
    public void A_name_is_cut_to_63_bytes()
    {
        Assert.AreEqual("claude", NameRecord.From("claude").ToString());
        Assert.AreEqual(new string('n', 63), NameRecord.From(new string('n', 64)).ToString());
    }

    [TestMethod]
    public void A_host_is_written_backwards_up_to_its_border()
    {
        Assert.AreEqual((96u, 7ul, ""), Parts(HostKeyRecord.OfGeneration(7)));
        Assert.AreEqual((96u + (8 * 7), 7ul, "ed.a.b"), Parts(HostKeyRecord.Of(7, "b.a.de", below: false)));
        Assert.AreEqual((96u + (8 * 7), 7ul, "ed.a.b."), Parts(HostKeyRecord.Of(7, "b.a.de", below: true)));
        Assert.AreEqual(96u + (8 * 64), HostKeyRecord.Of(7, new string('n', 63), below: true).Bits);

        static (uint Bits, ulong Generation, string Backwards) Parts(HostKeyRecord key) => (key.Bits, key.Generation, key.Backwards.ToString());
    }

    [TestMethod]
    public void The_embedded_object_is_the_one_with_the_recorded_digest()
    {
        using var embedded = typeof(RedirectorFactory).Assembly.GetManifestResourceStream("redirect.x64.bpf.o")!;
        var recorded = File.ReadAllText(Path.Combine(Repository(), "native/ebpf/prebuilt/x86_64/SHA256SUMS")).Split(' ')[0];
        Assert.AreEqual(recorded, Convert.ToHexStringLower(SHA256.HashData(embedded)));
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "AktoDivert.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("AktoDivert.sln stands in no folder above the test binaries.");
        }

        return directory.FullName;
    }
}
