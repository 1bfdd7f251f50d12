using System.Runtime.Versioning;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates.Windows.Interop;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Windows;

[TestClass]
[OSCondition(OperatingSystems.Windows)]
[SupportedOSPlatform("windows")]
public sealed class MachineProtectedDataTests
{
    [TestMethod]
    public void What_was_encrypted_comes_back_and_the_original_is_wiped()
    {
        var key = RandomNumberGenerator.GetBytes(138);
        var given = key.ToArray();
        var secret = MachineProtectedData.Protect(given);
        Assert.IsTrue(given.All(value => value == 0));
        Assert.IsLessThan(0, secret.AsSpan().IndexOf(key.AsSpan(0, 16)));
        CollectionAssert.AreEqual(key, MachineProtectedData.Unprotect(secret));
    }

    [TestMethod]
    [NotUnderWine("its DPAPI does not notice a changed byte")]
    public void A_damaged_secret_is_refused()
    {
        var secret = MachineProtectedData.Protect([1, 2, 3]);
        secret[secret.Length / 2] ^= 1;
        Assert.ThrowsExactly<CryptographicException>(() => MachineProtectedData.Unprotect(secret));
    }
}
