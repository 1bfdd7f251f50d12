using System.Collections.Concurrent;
using System.Diagnostics;

namespace AktoDivert.WineTests;

/// <summary>A program that runs until it is disposed, with its output by the line.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _arrived = new(0);

    private RunningProgram(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Process id on Linux.</summary>
    public int Id => _process.Id;

    /// <summary>Everything it wrote.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a program.</summary>
    public static RunningProgram Start(string program, params string[] arguments) => new(Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!);

    /// <summary>Waits for a line that contains a text.</summary>
    public async Task<string> WaitForAsync(string text, TimeSpan limit)
    {
        using var ended = new CancellationTokenSource(limit);
        try
        {
            while (true)
            {
                if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } line)
                {
                    return line;
                }

                await _arrived.WaitAsync(ended.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new AssertFailedException($"nobody wrote '{text}' within {limit.TotalSeconds:0} s:\n{Output}");
        }
    }

    /// <summary>Asks it to end as Ctrl+C does, and gives its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await Tool.TryRunAsync("kill", "-INT", Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _arrived.Dispose();
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            _arrived.Release();
        }
    }
}
