using System.Diagnostics;

namespace AktoDivert.SystemTests.Trust;

/// <summary>Runs a program of the system.</summary>
internal static class Tool
{
    public static async Task<(int ExitCode, string Output)> RunAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("NODE_EXTRA_CA_CERTS");
        start.Environment.Remove("SSL_CERT_FILE");
        start.Environment.Remove("CURL_CA_BUNDLE");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, output + await errors);
    }

    public static async Task<string> MustAsync(string file, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync(file, arguments, cancellationToken);
        Assert.AreEqual(0, exitCode, $"{file} {string.Join(' ', arguments)}: {output}");
        return output;
    }
}
