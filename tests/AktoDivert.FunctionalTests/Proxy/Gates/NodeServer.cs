using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Tests.Shared;

namespace AktoDivert.FunctionalTests.Proxy.Gates;

/// <summary>Node's HTTP/2 server, for what Kestrel does not do: padding, small and changing windows, pushed streams.</summary>
internal sealed class NodeServer : IDisposable
{
    private readonly Process _process;

    private NodeServer(Process process, int port) => (_process, EndPoint) = (process, new(IPAddress.Loopback, port));

    public IPEndPoint EndPoint { get; }

    /// <summary>The folder of the scripts.</summary>
    public static string Scripts { get; } = Path.Combine(Repository.Root, "tests", "AktoDivert.FunctionalTests", "Proxy", "Gates", "Node");

    /// <param name="folder">Where its key and certificate may be put.</param>
    /// <param name="kind"><c>plain</c>, <c>small</c> (windows of 3,000 bytes, all frames padded) or <c>changing</c> (a new window every 15 ms).</param>
    public static async Task<NodeServer> StartAsync(string folder, string kind)
    {
        var leaf = ProxyUnderTest.UpstreamAuthority.Leaf(ProxyUnderTest.Host);
        var (key, certificate) = (Path.Combine(folder, "key.pem"), Path.Combine(folder, "certificate.pem"));
        using (var secret = leaf.GetECDsaPrivateKey()!)
        {
            await File.WriteAllTextAsync(key, secret.ExportPkcs8PrivateKeyPem());
        }

        await File.WriteAllTextAsync(certificate, leaf.ExportCertificatePem());
        var start = new ProcessStartInfo("node", [Path.Combine(Scripts, "server.mjs"), key, certificate, kind]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var port = await process.StandardOutput.ReadLineAsync().WaitAsync(ProxyUnderTest.Patience);
        return new(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
