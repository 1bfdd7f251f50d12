using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>The certificate authority of a benchmark's server and the server's certificate, in a folder that lives as long as the benchmark.</summary>
internal static class BenchmarkCertificates
{
    /// <summary>The server's host. It is never looked up.</summary>
    public const string Host = "api.benchmark.test";

    /// <summary>The authority's certificate, PEM.</summary>
    public static string RootFile(string folder) => Path.Combine(folder, "root.pem");

    /// <summary>The server's certificate, PEM.</summary>
    public static string ServerFile(string folder) => Path.Combine(folder, "server.pem");

    /// <summary>The server's private key, PEM.</summary>
    public static string ServerKeyFile(string folder) => Path.Combine(folder, "server-key.pem");

    /// <summary>The authority's private key, PEM, for peers that mint certificates themselves.</summary>
    public static string RootKeyFile(string folder) => Path.Combine(folder, "root-key.pem");

    /// <summary>Makes them: P-256, as the agent's own, so that every peer does the same arithmetic.</summary>
    public static void Write(string folder, TimeProvider time)
    {
        var now = time.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Benchmark root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var server = request.Create(root, now.AddDays(-1), now.AddDays(6), RandomNumberGenerator.GetBytes(8));

        File.WriteAllText(RootFile(folder), root.ExportCertificatePem());
        File.WriteAllText(ServerFile(folder), server.ExportCertificatePem());
        PrivateFile.Replace(ServerKeyFile(folder), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        PrivateFile.Replace(RootKeyFile(folder), Encoding.ASCII.GetBytes(rootKey.ExportPkcs8PrivateKeyPem()));
    }
}
