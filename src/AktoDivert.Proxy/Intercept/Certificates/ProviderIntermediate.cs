using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>An intermediate CA that may sign for one provider's domains and nothing else.</summary>
/// <param name="Name">The last two labels that its domains share, for example <c>anthropic.com</c>; also its file name.</param>
/// <param name="Domains">Permitted subtrees: each the domain and its subdomains.</param>
/// <param name="Certificate">The certificate with its private key.</param>
internal sealed record ProviderIntermediate(string Name, IReadOnlyList<string> Domains, X509Certificate2 Certificate);
