using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace AktoDivert.Console.SignIn.Oidc;

/// <summary>One attempt to sign in, from sending the browser away to its return.</summary>
/// <param name="State">Comes back with the browser: the answer belongs to this attempt.</param>
/// <param name="Nonce">Comes back within the id token: the token belongs to this attempt.</param>
/// <param name="Verifier">Proves to the provider that whoever redeems the code asked for it (RFC 7636).</param>
/// <param name="To">Page to show afterwards; a path on this console.</param>
internal sealed record OidcAttempt(string State, string Nonce, string Verifier, string To)
{
    /// <summary>What the provider is told of <see cref="Verifier"/>.</summary>
    [JsonIgnore]
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>A new attempt.</summary>
    public static OidcAttempt New(string to) => new(Random(), Random(), Random(), to);

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
