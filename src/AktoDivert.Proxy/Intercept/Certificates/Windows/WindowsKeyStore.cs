using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using AktoDivert.Proxy.Intercept.Certificates.Windows.Interop;

namespace AktoDivert.Proxy.Intercept.Certificates.Windows;

/// <summary>
/// Keys in the machine's CNG key storage, not exportable; the file holds the key's name. Where CNG refuses to make one, the file holds the key
/// encrypted by DPAPI for this machine instead. Leaf keys are named too, because SChannel opens a server's key by name.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsKeyStore : IIssuerKeyStore, IDisposable
{
    private const string NamePrefix = "AktoDivert ";
    private readonly List<CngKey> _leafKeys = [];

    /// <inheritdoc />
    public ECDsa CreateIssuerKey()
    {
        try
        {
            using var key = CreateNamed("issuer");
            return new ECDsaCng(key);
        }
        catch (CryptographicException)
        {
            return ECDsa.Create(ECCurve.NamedCurves.nistP256);
        }
    }

    /// <inheritdoc />
    public ECDsa CreateLeafKey()
    {
        var key = CreateNamed("leaf");
        _leafKeys.Add(key);
        return new ECDsaCng(key);
    }

    /// <inheritdoc />
    public void Save(ECDsa key, string path)
    {
        var reference = key is ECDsaCng { Key: { IsEphemeral: false, KeyName: { } name } }
            ? new KeyReference(KeyPlace.Cng, Encoding.UTF8.GetBytes(name))
            : new KeyReference(KeyPlace.Dpapi, MachineProtectedData.Protect(key.ExportPkcs8PrivateKey()));
        AtomicFile.Write(path, reference.ToString(), AtomicFile.Secret);
    }

    /// <inheritdoc />
    public ECDsa Load(string path)
    {
        var reference = KeyReference.Parse(File.ReadAllText(path));
        if (reference.Place == KeyPlace.Cng)
        {
            using var named = Open(reference);
            return new ECDsaCng(named);
        }

        var key = ECDsa.Create();
        var plain = MachineProtectedData.Unprotect(reference.Content);
        key.ImportPkcs8PrivateKey(plain, out _);
        CryptographicOperations.ZeroMemory(plain);
        return key;
    }

    /// <inheritdoc />
    public void Delete(string path)
    {
        try
        {
            if (KeyReference.Parse(File.ReadAllText(path)) is { Place: KeyPlace.Cng } reference)
            {
                using var key = Open(reference);
                key.Delete();
            }
        }
        catch (CryptographicException)
        {
            // Gone already, or no key at all: the file is what is left to delete.
        }

        File.Delete(path);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var key in _leafKeys)
        {
            key.Delete();
            key.Dispose();
        }
    }

    private static CngKey CreateNamed(string purpose)
    {
        var parameters = new CngKeyCreationParameters
        {
            Provider = CngProvider.MicrosoftSoftwareKeyStorageProvider,
            KeyCreationOptions = CngKeyCreationOptions.MachineKey,
            ExportPolicy = CngExportPolicies.None,
            KeyUsage = CngKeyUsages.Signing,
        };
        return CngKey.Create(CngAlgorithm.ECDsaP256, $"{NamePrefix}{purpose} {Guid.NewGuid():n}", parameters);
    }

    private static CngKey Open(KeyReference reference) => CngKey.Open(
        Encoding.UTF8.GetString(reference.Content), CngProvider.MicrosoftSoftwareKeyStorageProvider, CngKeyOpenOptions.MachineKey);
}
