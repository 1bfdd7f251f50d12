using System.Collections.Frozen;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// Domains below which many organisations have names: permitting one would let the device CA sign for all of them. The list holds the
/// registries' second levels and the platforms that AI vendors build on; it is a safety net, not the whole Public Suffix List.
/// </summary>
internal static class SharedSuffixes
{
    // Registries hand out names below these two-label suffixes of country domains (co.uk, com.au).
    private static readonly FrozenSet<string> RegistryLabels =
        FrozenSet.Create("ac", "co", "com", "edu", "go", "gob", "gov", "ltd", "mil", "ne", "net", "nom", "or", "org", "plc");

    private static readonly FrozenSet<string> Platforms = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "akamaized.net", "amazonaws.com", "azure.com", "azure.net", "azureedge.net", "azurefd.net", "azurewebsites.net", "blob.core.windows.net",
        "cloudapp.azure.com", "cloudflare.com", "cloudflare.net", "cloudfront.net", "core.windows.net", "fastly.net", "firebaseapp.com",
        "github.io", "githubusercontent.com", "googleapis.com", "googleusercontent.com", "herokuapp.com", "netlify.app", "pages.dev",
        "r2.dev", "run.app", "s3.amazonaws.com", "vercel.app", "web.app", "webpubsub.azure.com", "windows.net", "workers.dev");

    /// <summary>Whether the domain itself is shared; a name below it is not.</summary>
    public static bool Contains(string domain) =>
        Platforms.Contains(domain) || (domain.Split('.') is [var registry, { Length: 2 }] && RegistryLabels.Contains(registry));
}
