using System.Diagnostics;

namespace AktoDivert.Lab.Demo;

/// <summary>A long-running program of the demo, its output in a log file. It ends when told, or by itself when the lab dies.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(12);

    private readonly string _name;
    private readonly Process _process;
    private readonly Task _copying;
    private readonly List<string> _lines = [];

    private Service(string name, IReadOnlyList<string> command, string logFile)
    {
        _name = name;
        _process = Process.Start(new ProcessStartInfo("setsid", ["sh", Path.Combine(AppContext.BaseDirectory, "Demo/service.sh"), .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _copying = Task.WhenAll(CopyAsync(_process.StandardOutput, logFile), CopyAsync(_process.StandardError, logFile + ".err"));
    }

    /// <summary>Lines written to the standard output so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a program and waits until <paramref name="isReady"/> holds.</summary>
    /// <exception cref="LabException">It ended, or was not ready within <paramref name="limit"/>; the message holds its last words.</exception>
    public static async Task<Service> StartAsync(
        string name, IReadOnlyList<string> command, string logFile, Func<Service, CancellationToken, Task<bool>> isReady, TimeSpan limit, CancellationToken cancellation)
    {
        var service = new Service(name, command, logFile);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timer.CancelAfter(limit);
        try
        {
            while (!await isReady(service, timer.Token))
            {
                if (service._process.HasExited)
                {
                    throw new LabException($"{name} ended with {service._process.ExitCode}: {await service.LastWordsAsync(logFile)}");
                }

                await Task.Delay(100, timer.Token);
            }

            return service;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await service.DisposeAsync();
            throw new LabException($"{name} was not ready within {limit.TotalSeconds:0} s: {await service.LastWordsAsync(logFile)}");
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the program in order; kills it when it does not end in time.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
            await _copying.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{_name} did not end within {StopLimit.TotalSeconds:0} s and was killed.");
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string> LastWordsAsync(string logFile)
    {
        await Task.WhenAny(_copying, Task.Delay(TimeSpan.FromSeconds(1)));
        var words = string.Join('\n', Lines.TakeLast(5)) + (File.Exists(logFile + ".err") ? await File.ReadAllTextAsync(logFile + ".err") : "");
        return words[^Math.Min(words.Length, 1000)..].Trim();
    }

    private async Task CopyAsync(StreamReader from, string logFile)
    {
        await using var log = new StreamWriter(logFile) { AutoFlush = true };
        while (await from.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                if (_lines.Count > 1000)
                {
                    _lines.RemoveAt(0);
                }
            }

            await log.WriteLineAsync(line);
        }
    }
}
