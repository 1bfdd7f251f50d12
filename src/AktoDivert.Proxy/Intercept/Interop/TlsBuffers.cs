using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Interop;

/// <summary>
/// Has OpenSSL free the read and the write buffer of a TLS session while they are empty (SSL_MODE_RELEASE_BUFFERS): 33 KB for each end of an idle
/// connection. <see cref="System.Net.Security.SslStream"/> has no setting for it and does not give its context away, but OpenSSL tells whoever
/// asks of each context that is made: CRYPTO_get_ex_new_index(3).
/// </summary>
internal static unsafe class TlsBuffers
{
    // From <openssl/crypto.h> and <openssl/ssl.h>. A C long is a native integer where this runs.
    private const int ClassOfContexts = 1;
    private const int ControlMode = 33;
    private const int ReleaseBuffers = 0x10;
    private const long Version3 = 0x3000_0000L;

    private static readonly Lazy<bool> Released = new(Ask);
    private static delegate* unmanaged<nint, int, nint, nint, nint> s_control;

    /// <summary>Applies to each context made from now on in this process.</summary>
    /// <returns>Whether it could be had; false where there is no OpenSSL.</returns>
    public static bool ReleaseWhileIdle() => Released.Value;

    private static bool Ask()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        // Also has .NET initialise OpenSSL first, with the options that it needs.
        var version = SafeEvpPKeyHandle.OpenSslVersion >= Version3 ? "3" : "1.1";
        if (!NativeLibrary.TryLoad($"libssl.so.{version}", out var ssl)
            || !NativeLibrary.TryLoad($"libcrypto.so.{version}", out var crypto)
            || !NativeLibrary.TryGetExport(ssl, "SSL_CTX_ctrl", out var control)
            || !NativeLibrary.TryGetExport(crypto, "CRYPTO_get_ex_new_index", out var newIndex))
        {
            return false;
        }

        s_control = (delegate* unmanaged<nint, int, nint, nint, nint>)control;
        delegate* unmanaged<nint, nint, nint, int, nint, nint, void> made = &ContextMade;
        var ask = (delegate* unmanaged<int, nint, nint, nint, nint, nint, int>)newIndex;
        return ask(ClassOfContexts, 0, 0, (nint)made, 0, 0) >= 0;
    }

    [UnmanagedCallersOnly]
    private static void ContextMade(nint context, nint value, nint data, int index, nint number, nint argument) =>
        s_control(context, ControlMode, ReleaseBuffers, 0);
}
