using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates.Windows;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Windows;

[TestClass]
public sealed class KeyReferenceTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void What_is_written_is_read(int place)
    {
        var reference = new KeyReference((KeyPlace)place, [1, 2, 250]);
        var read = KeyReference.Parse(reference.ToString());
        Assert.AreEqual((KeyPlace)place, read.Place);
        CollectionAssert.AreEqual(reference.Content, read.Content);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("cng")]
    [DataRow("cng:***")]
    [DataRow("-----BEGIN PRIVATE KEY-----")]
    public void Anything_else_is_damaged(string text) => Assert.ThrowsExactly<CryptographicException>(() => KeyReference.Parse(text));
}
