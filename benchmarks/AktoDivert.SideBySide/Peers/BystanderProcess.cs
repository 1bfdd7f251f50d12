using System.Diagnostics;
using System.Globalization;

namespace AktoDivert.SideBySide.Peers;

/// <summary>The <see cref="Bystander"/> as a process, in a network namespace of its own that has the address.</summary>
internal sealed class BystanderProcess : IDisposable
{
    private readonly Process _process;

    private BystanderProcess(Process process) => _process = process;

    /// <summary>Starts it. Needs root.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public static async Task<BystanderProcess> StartAsync()
    {
        var started = new BystanderProcess(Process.Start(new ProcessStartInfo(
            "unshare", ["--net", "sh", "-c", $"ip link set lo up && ip address add {Bystander.Address.Address}/32 dev lo && exec \"$0\" bystander", Environment.ProcessPath!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
        try
        {
            await started.ExpectAsync("READY");
            return started;
        }
        catch (InvalidOperationException)
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Its process, whose network namespace it has for itself.</summary>
    public int Id => _process.Id;

    /// <summary>CPU time of one unit of work, in microseconds.</summary>
    public async Task<double> CostAsync(string work, int count)
    {
        var before = Processes.CpuSeconds(_process.Id);
        await _process.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{work} {count}"));
        await _process.StandardInput.FlushAsync();
        await ExpectAsync("DONE");
        return (Processes.CpuSeconds(_process.Id) - before) * 1e6 / count;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task ExpectAsync(string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = await _process.StandardOutput.ReadLineAsync(limit.Token);
        if (answer != line)
        {
            throw new InvalidOperationException($"the bystander said '{answer}' in place of {line}");
        }
    }
}
