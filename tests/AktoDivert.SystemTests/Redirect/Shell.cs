using System.Diagnostics;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>Runs a program to its end.</summary>
internal static class Shell
{
    /// <summary>Standard output of a program, trimmed; fails the test when it exits with another code than 0.</summary>
    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, error) = await TryRunAsync(program, arguments);
        Assert.AreEqual(0, code, $"{program} {string.Join(' ', arguments)}: {output}{error}");
        return output;
    }

    internal static Task<(int Code, string Output, string Error)> TryRunAsync(string program, params string[] arguments) =>
        TryRunForAsync(TimeSpan.FromSeconds(20), program, arguments);

    internal static async Task<(int Code, string Output, string Error)> TryRunForAsync(TimeSpan time, string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(time);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {time.TotalSeconds} s");
        }
    }
}
