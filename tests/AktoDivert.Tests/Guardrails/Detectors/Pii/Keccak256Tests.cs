using System.Text;
using AktoDivert.Guardrails.Detectors.Pii;

namespace AktoDivert.Tests.Guardrails.Detectors.Pii;

[TestClass]
public sealed class Keccak256Tests
{
    [TestMethod]
    [DataRow("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [DataRow("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Hashes_the_known_messages(string message, string expected)
    {
        var hash = new byte[Keccak256.Length];
        Keccak256.Hash(Encoding.ASCII.GetBytes(message), hash);
        Assert.AreEqual(expected, Convert.ToHexStringLower(hash));
    }
}
