using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>Makes the private keys of the device CA's intermediates and of the leaves, and keeps the former over restarts.</summary>
internal interface IIssuerKeyStore
{
    /// <summary>A new P-256 key for an intermediate; <see cref="Save"/> makes it last.</summary>
    ECDsa CreateIssuerKey();

    /// <summary>A new P-256 key for leaves, which lives as long as this process.</summary>
    ECDsa CreateLeafKey();

    /// <summary>Keeps the key of an intermediate, or what finds it again, in a file for the owner alone.</summary>
    void Save(ECDsa key, string path);

    /// <summary>The key that was saved to a file.</summary>
    /// <exception cref="CryptographicException">The file holds no key, or the key is gone.</exception>
    ECDsa Load(string path);

    /// <summary>Deletes key and file for good.</summary>
    void Delete(string path);
}
