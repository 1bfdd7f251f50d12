using System.Runtime.InteropServices;

namespace AktoDivert.Proxy.Transport.Linux.Interop;

/// <summary>
/// Where OpenSSL gets the bytes of a session and puts its own (BIO_meth_new(3)): in each thread, the session whose call runs there. It never
/// fails: a try that brought nothing is to be repeated, and the session knows why.
/// </summary>
internal static unsafe class SocketBio
{
    /// <summary>The kind; 0 when OpenSSL has no room for it. It lives as long as the process.</summary>
    public static nint Method { get; } = Make();

    /// <summary>One for a session, which frees it.</summary>
    /// <exception cref="IOException">OpenSSL has no memory.</exception>
    public static nint New()
    {
        var bio = OpenSsl.BIO_new(Method);
        if (bio == 0)
        {
            throw new IOException("OpenSSL has no memory for a connection.");
        }

        OpenSsl.BIO_set_init(bio, 1);
        OpenSsl.BIO_set_flags(bio, OpenSsl.BioReadAgain);
        return bio;
    }

    private static nint Make()
    {
        if (!OpenSsl.IsUsedByRuntime)
        {
            return 0;
        }

        fixed (byte* name = "socket of the data path\0"u8)
        {
            // OpenSSL keeps the name where it is: it is one of the program's own.
            var method = OpenSsl.BIO_meth_new(OpenSsl.BioSource, name);
            return method != 0
                && OpenSsl.BIO_meth_set_read(method, &Read) == 1
                && OpenSsl.BIO_meth_set_write(method, &Write) == 1
                && OpenSsl.BIO_meth_set_ctrl(method, &Control) == 1
                ? method
                : 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int Read(nint bio, byte* buffer, int length) => OpenSslSession.Receive(new(buffer, length));

    [UnmanagedCallersOnly]
    private static int Write(nint bio, byte* bytes, int length) => OpenSslSession.Append(new(bytes, length));

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, nint argument) => command == OpenSsl.BioFlush ? 1 : 0;
}
