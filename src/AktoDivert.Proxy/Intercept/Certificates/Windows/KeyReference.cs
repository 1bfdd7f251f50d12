using System.Security.Cryptography;

namespace AktoDivert.Proxy.Intercept.Certificates.Windows;

/// <summary>Where a private key is.</summary>
internal enum KeyPlace
{
    /// <summary>In the machine's CNG key storage, under a name.</summary>
    Cng,

    /// <summary>In the file itself, encrypted by DPAPI.</summary>
    Dpapi,
}

/// <summary>What a key file holds on Windows: <c>cng:</c> or <c>dpapi:</c> and base64.</summary>
/// <param name="Place">Where the key is.</param>
/// <param name="Content">The name in UTF-8, or the encrypted PKCS #8 key.</param>
internal sealed record KeyReference(KeyPlace Place, byte[] Content)
{
    private const string Cng = "cng:";
    private const string Dpapi = "dpapi:";

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="CryptographicException">It is none.</exception>
    public static KeyReference Parse(string text)
    {
        text = text.Trim();
        try
        {
            return text.StartsWith(Cng, StringComparison.Ordinal) ? new(KeyPlace.Cng, Convert.FromBase64String(text[Cng.Length..]))
                : text.StartsWith(Dpapi, StringComparison.Ordinal) ? new(KeyPlace.Dpapi, Convert.FromBase64String(text[Dpapi.Length..]))
                : throw new CryptographicException("the key file says neither cng: nor dpapi:");
        }
        catch (FormatException e)
        {
            throw new CryptographicException("the key file is damaged", e);
        }
    }

    /// <inheritdoc />
    public override string ToString() => (Place == KeyPlace.Cng ? Cng : Dpapi) + Convert.ToBase64String(Content) + "\n";
}
