using System.Text;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class TotpTests
{
    private static readonly byte[] Seed = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, the last six of its eight digits.</summary>
    [TestMethod]
    [DataRow(59L, "287082")]
    [DataRow(1111111109L, "081804")]
    [DataRow(1111111111L, "050471")]
    [DataRow(1234567890L, "005924")]
    [DataRow(2000000000L, "279037")]
    [DataRow(20000000000L, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        Assert.AreEqual(code, Totp.Code(Seed, seconds / 30));
        Assert.AreEqual(seconds / 30, Totp.Check(Seed, code, DateTimeOffset.FromUnixTimeSeconds(seconds + 29), 0));
        Assert.IsNull(Totp.Check(Seed, code, DateTimeOffset.FromUnixTimeSeconds(seconds + 120), 0));
        Assert.IsNull(Totp.Check(Seed, code, DateTimeOffset.FromUnixTimeSeconds(seconds), seconds / 30));
    }

    [TestMethod]
    public void A_seed_is_written_in_base32() => Assert.AreEqual("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Text(Seed));
}
