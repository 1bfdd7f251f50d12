using System.Text;
using AktoDivert.Proxy.Classify;

namespace AktoDivert.Tests.Proxy.Classify;

[TestClass]
public sealed class CleartextHttpTests
{
    [TestMethod]
    [DataRow("GET / HTTP/1.1", true)]
    [DataRow("G", true)]
    [DataRow("PRI * HTTP/2.0\r\n", true)]
    [DataRow("OPTIONS * HTTP/1.1", true)]
    [DataRow("GETS", false)]
    [DataRow("SSH-2.0", false)]
    [DataRow("\u0016\u0003", false)]
    public void Methods_are_recognised(string start, bool expected) =>
        Assert.AreEqual(expected, CleartextHttp.IsStart(Encoding.Latin1.GetBytes(start)));
}
