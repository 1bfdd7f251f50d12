using System.Globalization;

namespace AktoDivert.SystemTests.Trust;

/// <summary>
/// Real TLS clients with their own trust: each connects to loopback under a server name and succeeds only if it trusts the chain.
/// </summary>
internal static class TrustClients
{
    private const string Python = """
        import socket, ssl, sys
        tls = ssl.create_default_context().wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[2]))), server_hostname=sys.argv[1])
        tls.sendall(b"GET / HTTP/1.1\r\n\r\n")
        sys.exit(0 if tls.recv(12) == b"HTTP/1.1 200" else 1)
        """;

    private const string Node = """
        const [host, port] = process.argv.slice(1);
        const tls = require('tls').connect({ host: '127.0.0.1', port: Number(port), servername: host }, () => tls.write('GET / HTTP/1.1\r\n\r\n'));
        tls.on('data', answer => process.exit(answer.toString().startsWith('HTTP/1.1 200') ? 0 : 1));
        tls.on('error', error => { console.error(error.message); process.exit(1); });
        """;

    private const string Java = """
        import java.net.Socket;
        import javax.net.ssl.*;
        public class Client {
            public static void main(String[] args) throws Exception {
                int port = Integer.parseInt(args[1]);
                var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
                var tls = (SSLSocket) factory.createSocket(new Socket("127.0.0.1", port), args[0], port, true);
                var parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
                if (tls.getInputStream().read() != 'H') System.exit(1);
            }
        }
        """;

    /// <summary>The clients that are installed here.</summary>
    public static async Task<IReadOnlyList<string>> InstalledAsync(CancellationToken cancellationToken)
    {
        var installed = new List<string>();
        foreach (var client in new[] { "curl", "openssl", "/usr/bin/python3", "node", "java" })
        {
            if ((await Tool.RunAsync("which", [client], cancellationToken)).ExitCode == 0)
            {
                installed.Add(client);
            }
        }

        return installed;
    }

    /// <summary>Whether the client got its answer, and what it said.</summary>
    public static async Task<(bool Accepted, string Output)> TryAsync(string client, string host, int port, CancellationToken cancellationToken)
    {
        var number = port.ToString(CultureInfo.InvariantCulture);
        var (exitCode, output) = client switch
        {
            "curl" => await Tool.RunAsync(
                "curl", ["-sS", "--max-time", "30", "--resolve", $"{host}:{number}:127.0.0.1", $"https://{host}:{number}/"], cancellationToken),
            "openssl" => await Tool.RunAsync(
                "openssl",
                ["s_client", "-connect", $"127.0.0.1:{number}", "-servername", host, "-verify_hostname", host, "-verify_return_error"],
                cancellationToken),
            "/usr/bin/python3" => await Tool.RunAsync("/usr/bin/python3", ["-c", Python, host, number], cancellationToken),
            "node" => await Tool.RunAsync("sh", ["-lc", "exec node -e \"$0\" \"$1\" \"$2\"", Node, host, number], cancellationToken),
            _ => await JavaAsync(host, number, cancellationToken),
        };
        return (exitCode == 0, $"{client} {host}: {output}");
    }

    private static async Task<(int ExitCode, string Output)> JavaAsync(string host, string port, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("aktodivert-java-");
        try
        {
            var source = Path.Combine(folder.FullName, "Client.java");
            await File.WriteAllTextAsync(source, Java, cancellationToken);
            return await Tool.RunAsync("java", [source, host, port], cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
