using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>Authenticode by WinVerifyTrust (wintrust.h, softpub.h). Nothing is fetched from the network.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WinTrust
{
    private const uint NoUi = 2;
    private const uint RevokeNone = 0;
    private const uint ChoiceFile = 1;
    private const uint StateVerify = 1;
    private const uint StateClose = 2;

    // WTD_REVOCATION_CHECK_NONE | WTD_CACHE_ONLY_URL_RETRIEVAL
    private const uint ProviderFlags = 0x10 | 0x1000;

    // WINTRUST_ACTION_GENERIC_VERIFY_V2
    private static readonly Guid GenericVerify = new("00AAC56B-CD44-11D0-8CC2-00C04FC295EE");

    /// <summary>Name of the signer of a file whose embedded signature is valid; empty otherwise.</summary>
    public static string SignerOf(string path)
    {
        fixed (char* name = path)
        {
            var file = new FileInformation { Size = (uint)sizeof(FileInformation), Path = name };
            var data = new TrustData
            {
                Size = (uint)sizeof(TrustData), UiChoice = NoUi, RevocationChecks = RevokeNone, UnionChoice = ChoiceFile, File = &file,
                StateAction = StateVerify, ProviderFlags = ProviderFlags,
            };
            var action = GenericVerify;
            var status = WinVerifyTrust(-1, &action, &data);
            try
            {
                return status == 0 ? NameOfSigner(data.State) : "";
            }
            finally
            {
                data.StateAction = StateClose;
                _ = WinVerifyTrust(-1, &action, &data);
            }
        }
    }

    private static string NameOfSigner(nint state)
    {
        var provider = WTHelperProvDataFromStateData(state);
        var signer = provider == 0 ? 0 : WTHelperGetProvSignerFromChain(provider, 0, false, 0);
        var certificate = signer == 0 ? null : (ProviderCertificate*)WTHelperGetProvCertFromChain(signer, 0);
        if (certificate is null || certificate->Certificate == 0)
        {
            return "";
        }

        try
        {
            // Duplicates the context.
            using var copy = new X509Certificate2(certificate->Certificate);
            return copy.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        }
        catch (CryptographicException)
        {
            return "";
        }
    }

    [LibraryImport("wintrust.dll")]
    private static partial int WinVerifyTrust(nint window, Guid* action, TrustData* data);

    [LibraryImport("wintrust.dll")]
    private static partial nint WTHelperProvDataFromStateData(nint state);

    [LibraryImport("wintrust.dll")]
    private static partial nint WTHelperGetProvSignerFromChain(nint provider, uint index, [MarshalAs(UnmanagedType.Bool)] bool counterSigner, uint counterIndex);

    [LibraryImport("wintrust.dll")]
    private static partial nint WTHelperGetProvCertFromChain(nint signer, uint index);

    /// <summary>WINTRUST_FILE_INFO.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileInformation
    {
        public uint Size;
        public char* Path;
        public nint File;
        public nint KnownSubject;
    }

    /// <summary>WINTRUST_DATA.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TrustData
    {
        public uint Size;
        public nint PolicyData;
        public nint SipData;
        public uint UiChoice;
        public uint RevocationChecks;
        public uint UnionChoice;
        public FileInformation* File;
        public uint StateAction;
        public nint State;
        public nint UrlReference;
        public uint ProviderFlags;
        public uint UiContext;
        public nint SignatureSettings;
    }

    /// <summary>The beginning of CRYPT_PROVIDER_CERT.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ProviderCertificate
    {
        public uint Size;
        public nint Certificate;
    }
}
