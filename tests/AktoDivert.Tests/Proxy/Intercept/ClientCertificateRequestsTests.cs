using AktoDivert.Proxy.Intercept;
using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests.Proxy.Intercept;

[TestClass]
public sealed class ClientCertificateRequestsTests
{
    [TestMethod]
    public void A_server_is_watched_at_first_after_a_failure_and_once_an_hour()
    {
        var time = new TestTimeProvider();
        var requests = new ClientCertificateRequests(time);
        Assert.IsTrue(requests.MustWatch("host"));
        requests.NotRequested("host");
        Assert.IsFalse(requests.MustWatch("host"));
        Assert.IsTrue(requests.MustWatch("other"));
        requests.Forget("host");
        Assert.IsTrue(requests.MustWatch("host"));
        requests.NotRequested("host");
        time.Advance(TimeSpan.FromMinutes(61));
        Assert.IsTrue(requests.MustWatch("host"));
    }
}
