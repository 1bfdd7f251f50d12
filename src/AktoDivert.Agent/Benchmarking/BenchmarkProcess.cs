using System.Diagnostics;
using System.Globalization;

namespace AktoDivert.Agent.Benchmarking;

/// <summary>A part of a benchmark in a process of its own, which says <c>READY port</c> and ends when its standard input does.</summary>
internal sealed class BenchmarkProcess : IDisposable
{
    private readonly Process _process;

    private BenchmarkProcess(Process process) => _process = process;

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>User and system time so far.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory held, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended, or said something else.</exception>
    public static async Task<BenchmarkProcess> StartAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = new BenchmarkProcess(Process.Start(start)!);
        try
        {
            var line = await started._process.StandardOutput.ReadLineAsync(cancellationToken);
            started.Port = line?.Split(' ') is ["READY", var port]
                ? int.Parse(port, CultureInfo.InvariantCulture)
                : throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} did not start: {line}");
            return started;
        }
        catch (Exception)
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Asks a <see cref="BenchmarkProxy"/> for its numbers.</summary>
    public async Task<BenchmarkStat> StatAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(BenchmarkStat.Command.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        var answer = await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("the proxy ended");
        return BenchmarkStat.Parse(answer);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(TimeSpan.FromSeconds(8)))
            {
                _process.Kill();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It has ended before.
        }

        _process.Dispose();
    }
}
