using System.Diagnostics;

namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Runs one of the system's trust tools: explicit arguments, no shell, a time limit, both outputs read.</summary>
internal static class TrustCommand
{
    // Measured: 12 s for update-ca-certificates with Java's hook on a loaded two-core machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs to the end and returns standard output.</summary>
    /// <exception cref="TrustStoreException">It cannot start, fails, or takes longer than two minutes.</exception>
    public static async Task<string> RunAsync(
        string command, IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        var line = string.Join(' ', arguments.Prepend(command));

        using var process = Start(start, line);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await WriteInputAsync(process, input);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? await output : throw new TrustStoreException(
                $"'{line}' failed with exit code {process.ExitCode}: {LastLine(await errors, await output)}",
                $"Run '{line}' by hand and repair what it names.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TrustStoreException(
                $"'{line}' did not end within {Limit.TotalSeconds:0} seconds.", $"Run '{line}' by hand and see what it waits for.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(ProcessStartInfo start, string line)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new TrustStoreException($"'{line}' cannot be started: {e.Message}", $"Check that {start.FileName} may be executed.");
        }
    }

    private static async Task WriteInputAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A tool that ends without reading its input says why by its exit code.
        }
    }

    private static string LastLine(string errors, string output)
    {
        var lines = (errors.Trim().Length > 0 ? errors : output).Trim().Split('\n');
        return lines[^1].Trim();
    }
}
