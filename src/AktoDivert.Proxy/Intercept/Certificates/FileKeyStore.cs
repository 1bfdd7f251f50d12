using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>Keys as PKCS #8 PEM in files of mode 0600.</summary>
internal sealed class FileKeyStore : IIssuerKeyStore
{
    /// <inheritdoc />
    public ECDsa CreateIssuerKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <inheritdoc />
    public ECDsa CreateLeafKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <inheritdoc />
    public void Save(ECDsa key, string path) => AtomicFile.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n", AtomicFile.Secret);

    /// <inheritdoc />
    public ECDsa Load(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key;
        }
        catch (ArgumentException e)
        {
            key.Dispose();
            throw new CryptographicException($"{path} holds no private key", e);
        }
    }

    /// <inheritdoc />
    public void Delete(string path) => File.Delete(path);
}
