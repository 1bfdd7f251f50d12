using System.Security.Cryptography;
using AktoDivert.Console.Storage;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class ContentSealTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [TestMethod]
    public void Content_is_opened_only_with_its_key_for_its_owner_and_unchanged()
    {
        using var seal = new ContentSeal(Key);
        using var other = new ContentSeal(new byte[32]);
        var content = new SealedContent("""{"a":"b"}""", "prompt 🔑", "{}", new string('x', 100_000), null);

        var made = content.Seal(seal, "r1");

        Assert.AreEqual(content, SealedContent.Open(made, seal, "r1"));
        Assert.IsLessThan(2000, made.Length, "compressed");
        Assert.ThrowsExactly<AuthenticationTagMismatchException>(() => SealedContent.Open(made, seal, "r2"));
        Assert.ThrowsExactly<AuthenticationTagMismatchException>(() => SealedContent.Open(made, other, "r1"));
        for (var i = 0; i < made.Length; i++)
        {
            made[i] ^= 1;
            Assert.Throws<CryptographicException>(() => SealedContent.Open(made, seal, "r1"));
            made[i] ^= 1;
        }

        CollectionAssert.AreNotEqual(made, content.Seal(seal, "r1"), "the same text never looks the same");
        Assert.AreNotEqual(seal.Fingerprint, other.Fingerprint);
    }

    [TestMethod]
    public void Words_of_sealed_text_are_found_whatever_their_case_and_not_told()
    {
        using var seal = new ContentSeal(Key);
        using var other = new ContentSeal(new byte[32]);
        var index = WordIndex.Of("What is a Monad? Ärger, 42!", seal);

        foreach (var word in new[] { "monad", "MONAD", "what", "ärger", "42" })
        {
            StringAssert.Contains(index, WordIndex.Of(seal, word));
        }

        Assert.IsFalse(index.Contains(WordIndex.Of(seal, "endofunctor")!, StringComparison.Ordinal));
        Assert.IsNull(WordIndex.Of(seal, "two words"));
        Assert.IsNull(WordIndex.Of(seal, "..."));
        Assert.AreNotEqual(index, WordIndex.Of("What is a Monad? Ärger, 42!", other));
        Assert.AreEqual("", WordIndex.Of("", seal));
    }
}
