using AktoDivert.Redirect.Linux;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Tests.Redirect;

[TestClass]
public sealed class BpfObjectTests
{
    [TestMethod]
    public void A_broken_object_is_refused_with_the_words_of_libbpf()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("needs Linux");
        }

        try
        {
            var failure = Assert.ThrowsExactly<BpfException>(() => BpfObject.Load("not an ELF file"u8));

            var explained = KernelRequirements.Explain(failure);
            StringAssert.Contains(explained.Message, "opening the BPF object", StringComparison.Ordinal);
            StringAssert.Contains(explained.Message, "libbpf: ", StringComparison.Ordinal);
            Assert.AreNotEqual("", explained.Fix);
        }
        catch (DllNotFoundException)
        {
            Assert.Inconclusive("needs libbpf.so.1");
        }
    }
}
