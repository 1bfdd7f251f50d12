using System.Diagnostics;

namespace AktoDivert.Lab.Execution;

/// <summary>What a finished process left.</summary>
/// <param name="ExitCode">-1 when it had to be killed at its limit.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error.</param>
/// <param name="TimedOut">Whether it was killed at its limit.</param>
internal sealed record ChildResult(int ExitCode, string Output, string Error, bool TimedOut);

/// <summary>Runs programs with a limit on their time.</summary>
internal static class ChildProcess
{
    // 128 and the number of SIGINT.
    private const int Interrupted = 130;

    /// <summary>Runs a program to its end, its input empty; at the limit the whole process tree is killed.</summary>
    public static async Task<ChildResult> RunAsync(IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation = default)
    {
        var result = await RunOnceAsync(command, limit, cancellation);

        // Ctrl+C on the terminal found it before it had its own session (see Start) and ended it before it did anything. Whether to stop is the caller's to say.
        return result.ExitCode == Interrupted ? await RunOnceAsync(command, limit, cancellation) : result;
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task<string> RequireAsync(params string[] command)
    {
        var result = await RunAsync(command, TimeSpan.FromSeconds(30));
        return result.ExitCode == 0
            ? result.Output
            : throw new LabException($"'{string.Join(' ', command)}' failed with {result.ExitCode}: {result.Error.Trim()}");
    }

    /// <summary>Runs a program on this terminal and gives its exit code.</summary>
    public static async Task<int> ForegroundAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            // The terminal has sent the signal to the program too; a program started by a script needs it from here.
            await RunAsync(["kill", "-TERM", $"{process.Id}"], TimeSpan.FromSeconds(5), CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        }

        return process.ExitCode;
    }

    /// <summary>
    /// Starts a program that lives as long as its standard input stays open, so that it ends by itself when this process dies,
    /// and waits until it prints READY.
    /// </summary>
    public static async Task<Process> StartCompanionAsync(IReadOnlyList<string> command, TimeSpan limit)
    {
        var process = Start(command);
        var errors = process.StandardError.ReadToEndAsync();
        using var timer = new CancellationTokenSource(limit);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(timer.Token) is { } line)
            {
                if (line == "READY")
                {
                    return process;
                }
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        var error = await errors.WaitAsync(TimeSpan.FromSeconds(2));
        process.Dispose();
        throw new LabException($"'{string.Join(' ', command)}' did not become ready within {limit.TotalSeconds:0} s: {error.Trim()}");
    }

    private static async Task<ChildResult> RunOnceAsync(IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellation)
    {
        using var process = Start(command);
        process.StandardInput.Close();
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var timedOut = false;
        try
        {
            await process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException)
        {
            timedOut = true;
            process.Kill(entireProcessTree: true);
        }

        // A grandchild that escaped the kill may hold the pipe open; what was read until then is enough.
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
        cancellation.ThrowIfCancellationRequested();
        return new ChildResult(
            timedOut ? -1 : process.ExitCode,
            output.IsCompletedSuccessfully ? await output : "",
            error.IsCompletedSuccessfully ? await error : "",
            timedOut);
    }

    // In a session of its own: Ctrl+C on the terminal is for this process, which ends the others in order. One that died of it would look like a failure.
    private static Process Start(IReadOnlyList<string> command) => Process.Start(new ProcessStartInfo("setsid", command)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
