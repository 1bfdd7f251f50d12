using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>The functions of OpenSSL 3 in use (SSL_read(3), BIO_meth_new(3)), from the libraries that .NET has loaded.</summary>
internal static unsafe partial class OpenSsl
{
    // <openssl/ssl.h>
    internal const int ReceivedShutdown = 2;

    // <openssl/bio.h>
    internal const int BioSource = 0x0400;
    internal const int BioFlush = 11;
    internal const int BioReadAgain = 0x01 | 0x08;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    /// <summary>
    /// Whether .NET's TLS is these libraries: it takes others where there is no OpenSSL 3, or where it is told to, and their objects must not
    /// meet.
    /// </summary>
    public static bool IsUsedByRuntime { get; } = OperatingSystem.IsLinux()
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE"))
        && SafeEvpPKeyHandle.OpenSslVersion >= 0x3000_0000L
        && NativeLibrary.TryLoad(Ssl, out _)
        && NativeLibrary.TryLoad(Crypto, out _);

    [LibraryImport(Ssl)]
    internal static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_write(nint ssl, byte* bytes, int length);

    [LibraryImport(Ssl)]
    internal static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_free_buffers(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial int SSL_get_shutdown(nint ssl);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_quiet_shutdown(nint ssl, int quiet);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_read_ahead(nint ssl, int ahead);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_default_read_buffer_len(nint ssl, nuint length);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_cert_cb(nint ssl, nint callback, nint argument);

    [LibraryImport(Ssl)]
    internal static partial void SSL_set_bio(nint ssl, nint source, nint target);

    [LibraryImport(Crypto)]
    internal static partial nint BIO_meth_new(int type, byte* name);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_read(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_write(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(Crypto)]
    internal static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);

    [LibraryImport(Crypto)]
    internal static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    internal static partial void BIO_set_init(nint bio, int initialised);

    [LibraryImport(Crypto)]
    internal static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    internal static partial nuint ERR_peek_last_error();

    [LibraryImport(Crypto)]
    internal static partial void ERR_error_string_n(nuint error, byte* text, nuint length);

    [LibraryImport(Crypto)]
    internal static partial void ERR_clear_error();
}
