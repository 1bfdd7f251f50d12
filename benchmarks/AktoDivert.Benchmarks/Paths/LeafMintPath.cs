using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>Signing the certificate of a host that was not seen before.</summary>
internal sealed class LeafMintPath : HotPath
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly CaGeneration _generation = GenerationMint.Create(1, "benchmark", ["anthropic.com"], new FileKeyStore(), DateTimeOffset.UtcNow);

    /// <inheritdoc />
    public override string Name => "leaf-mint";

    /// <inheritdoc />
    public override void Run() =>
        LeafMint.Mint(_generation, _generation.FindIssuer("api.anthropic.com")!, "api.anthropic.com", _key, DateTimeOffset.UtcNow);
}
