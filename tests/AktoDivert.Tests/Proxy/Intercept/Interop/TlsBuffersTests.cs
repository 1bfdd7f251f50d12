using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Interop;

namespace AktoDivert.Tests.Proxy.Intercept.Interop;

[TestClass]
public sealed class TlsBuffersTests
{
    private const int ControlMode = 33;
    private const nint ReleaseBuffers = 0x10;

    [TestMethod]
    public void Each_new_context_releases_its_buffers()
    {
        if (!OperatingSystem.IsLinux() || SafeEvpPKeyHandle.OpenSslVersion < 0x3000_0000L)
        {
            Assert.Inconclusive("needs OpenSSL 3");
        }

        Assert.IsTrue(TlsBuffers.ReleaseWhileIdle());
        var ssl = NativeLibrary.Load("libssl.so.3");
        var context = Export<NewContext>(ssl, "SSL_CTX_new")(Export<Method>(ssl, "TLS_method")());
        try
        {
            Assert.AreEqual(ReleaseBuffers, Export<Control>(ssl, "SSL_CTX_ctrl")(context, ControlMode, 0, 0) & ReleaseBuffers);
        }
        finally
        {
            Export<Free>(ssl, "SSL_CTX_free")(context);
        }
    }

    private static T Export<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private delegate nint Method();

    private delegate nint NewContext(nint method);

    private delegate nint Control(nint context, int command, nint number, nint argument);

    private delegate void Free(nint context);
}
