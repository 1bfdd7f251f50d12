using System.Diagnostics;
using System.Globalization;

namespace AktoDivert.SideBySide.Peers;

/// <summary>The <see cref="DirectEngine"/> as a process in the bystander's network namespace.</summary>
internal sealed class DirectEngineProcess : IAsyncDisposable
{
    private readonly Process _process;

    private DirectEngineProcess(Process process) => _process = process;

    /// <summary>Its CPU time so far.</summary>
    public double CpuSeconds => Processes.CpuSeconds(_process.Id);

    /// <summary>Starts it and waits until it is attached.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<DirectEngineProcess> StartAsync(BystanderProcess bystander)
    {
        var started = new DirectEngineProcess(Process.Start(new ProcessStartInfo("nsenter", [$"--net=/proc/{bystander.Id}/ns/net", Environment.ProcessPath!, "direct-engine"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        if (await started._process.StandardOutput.ReadLineAsync() is var answer and not "READY")
        {
            await started.DisposeAsync();
            throw new InvalidOperationException($"the redirect engine said '{answer}' in place of READY");
        }

        return started;
    }

    /// <summary>Checks that at least so many connections went direct, and none was refused.</summary>
    /// <exception cref="InvalidOperationException">They did not, so that something else was measured.</exception>
    public async Task AssertDirectAsync(int connections)
    {
        // The engine hears of a connection a moment after its first bytes.
        string? answer = null;
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5); await Task.Delay(10))
        {
            await _process.StandardInput.WriteLineAsync();
            await _process.StandardInput.FlushAsync();
            answer = await _process.StandardOutput.ReadLineAsync();
            if (answer?.Split(' ') is ["DIRECT", var started, "0"] && int.Parse(started, CultureInfo.InvariantCulture) >= connections)
            {
                return;
            }
        }

        throw new InvalidOperationException($"{connections} connections were to go direct; the engine says '{answer}'");
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
