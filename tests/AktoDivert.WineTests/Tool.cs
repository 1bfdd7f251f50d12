using System.Diagnostics;

namespace AktoDivert.WineTests;

/// <summary>Runs programs of the machine.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Standard output of a program, trimmed; fails the test when it exits with another code than 0.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, error) = await TryRunAsync(program, arguments);
        return code == 0 ? output : throw new AssertFailedException($"{program} {string.Join(' ', arguments)} ended with {code}: {output}{error}");
    }

    /// <summary>Exit code, standard output and standard error of a program.</summary>
    public static async Task<(int Code, string Output, string Error)> TryRunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} seconds");
        }
    }
}
