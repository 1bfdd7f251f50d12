using System.Runtime.Versioning;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates.Windows;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Windows;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
[NotUnderWine(NotUnderWineAttribute.NoEllipticCurves)]
public sealed class WindowsKeyStoreTests
{
    private static readonly byte[] Digest = SHA256.HashData("a certificate"u8);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"aktodivert-{Guid.NewGuid():n}.key");

    [TestMethod]
    public void A_key_of_the_machine_s_storage_is_found_again_and_deleted()
    {
        using var store = new WindowsKeyStore();
        using var key = store.CreateIssuerKey();
        store.Save(key, _path);
        StringAssert.StartsWith(File.ReadAllText(_path), "cng:");
        using (var again = store.Load(_path))
        {
            Assert.IsTrue(key.VerifyHash(Digest, again.SignHash(Digest)));
            Assert.ThrowsExactly<CryptographicException>(() => again.ExportPkcs8PrivateKey());
        }

        store.Delete(_path);
        Assert.IsFalse(File.Exists(_path));
    }

    [TestMethod]
    public void A_key_that_CNG_does_not_hold_is_encrypted_by_DPAPI()
    {
        using var store = new WindowsKeyStore();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        store.Save(key, _path);
        StringAssert.StartsWith(File.ReadAllText(_path), "dpapi:");
        using var again = store.Load(_path);
        Assert.IsTrue(key.VerifyHash(Digest, again.SignHash(Digest)));
        store.Delete(_path);
    }
}
