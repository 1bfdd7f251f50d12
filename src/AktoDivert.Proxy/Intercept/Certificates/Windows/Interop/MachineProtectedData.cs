using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Certificates.Windows.Interop;

/// <summary>DPAPI for the machine (dpapi.h): what one process encrypts, every process that may read the file can decrypt.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class MachineProtectedData
{
    // CRYPTPROTECT_UI_FORBIDDEN | CRYPTPROTECT_LOCAL_MACHINE
    private const uint Flags = 0x1 | 0x4;

    /// <summary>Encrypts, and wipes what was given.</summary>
    /// <exception cref="CryptographicException">Windows refused.</exception>
    public static byte[] Protect(byte[] plain)
    {
        try
        {
            fixed (byte* bytes = plain)
            {
                var input = new Blob { Length = (uint)plain.Length, Bytes = bytes };
                return Take(CryptProtectData(&input, null, null, 0, 0, Flags, out var output), output);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Decrypts; the caller wipes the answer.</summary>
    /// <exception cref="CryptographicException">It was encrypted on another machine, or is damaged.</exception>
    public static byte[] Unprotect(byte[] secret)
    {
        fixed (byte* bytes = secret)
        {
            var input = new Blob { Length = (uint)secret.Length, Bytes = bytes };
            return Take(CryptUnprotectData(&input, null, null, 0, 0, Flags, out var output), output);
        }
    }

    private static byte[] Take(bool succeeded, Blob output)
    {
        if (!succeeded)
        {
            throw new CryptographicException(Marshal.GetLastPInvokeError());
        }

        var span = new Span<byte>(output.Bytes, (int)output.Length);
        var copy = span.ToArray();
        CryptographicOperations.ZeroMemory(span);
        LocalFree(output.Bytes);
        return copy;
    }

    [LibraryImport("crypt32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CryptProtectData(Blob* input, char* description, Blob* entropy, nint reserved, nint prompt, uint flags, out Blob output);

    [LibraryImport("crypt32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CryptUnprotectData(Blob* input, char** description, Blob* entropy, nint reserved, nint prompt, uint flags, out Blob output);

    [LibraryImport("kernel32.dll")]
    private static partial nint LocalFree(byte* memory);

    [StructLayout(LayoutKind.Sequential)]
    private struct Blob
    {
        public uint Length;
        public byte* Bytes;
    }
}
