using System.Security.Authentication;
using AktoDivert.Proxy.Intercept;

namespace AktoDivert.Tests.Proxy.Intercept;

[TestClass]
public sealed class AppRefusalTests
{
    [TestMethod]
    [DataRow("error:0A000412:SSL routines::sslv3 alert bad certificate", "alert bad_certificate (42)")]
    [DataRow("error:0A000416:SSL routines::sslv3 alert certificate unknown", "alert certificate_unknown (46)")]
    [DataRow("error:0A000418:SSL routines::tlsv1 alert unknown ca", "alert unknown_ca (48)")]
    [DataRow("error:0A000410:SSL routines::sslv3 alert handshake failure", null)]
    [DataRow("error:0A0000C1:SSL routines::no shared cipher", null)]
    [DataRow("error:0A00", null)]
    [DataRow("something else", null)]
    public void Alerts_about_the_certificate_are_told_from_others(string message, string? expected) =>
        Assert.AreEqual(expected, AppRefusal.OfAlert(new AuthenticationException("failed", new IOException("inner", new InvalidDataException(message)))));

    [TestMethod]
    public void No_fault_is_no_refusal() => Assert.IsNull(AppRefusal.OfAlert(null));
}
