using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AktoDivert.SideBySide.Peers;

/// <summary>A program from the distribution that runs in the foreground.</summary>
internal sealed class ExternalProgram : IDisposable
{
    private static readonly string[] Folders = ["/usr/bin/", "/usr/sbin/"];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(50);

    private readonly Process _process;

    private ExternalProgram(Process process) => _process = process;

    /// <summary>Process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Where a program is; null when it is not installed.</summary>
    public static string? Find(string name) => Folders.Select(folder => folder + name).FirstOrDefault(File.Exists);

    /// <summary>Runs a program to its end and gives what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> ReadAsync(string program, params IEnumerable<string> arguments)
    {
        var path = Find(program) ?? throw new InvalidOperationException($"{program} is not installed");
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        string output;
        try
        {
            output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"{program} did not end within {Limit.TotalSeconds} s");
        }

        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed: {output} {await error}");
    }

    /// <summary>Starts one and waits until its ports answer.</summary>
    /// <exception cref="InvalidOperationException">It is not installed or does not start.</exception>
    public static async Task<ExternalProgram> StartAsync(string program, IEnumerable<string> arguments, params IEnumerable<int> ports)
    {
        var path = Find(program) ?? throw new InvalidOperationException("not installed");
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var started = new ExternalProgram(Process.Start(start)!);
        started._process.OutputDataReceived += static (_, _) => { };
        var said = new List<string?>();
        started._process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                if (said.Count < 20)
                {
                    said.Add(line.Data);
                }
            }
        };
        started._process.BeginOutputReadLine();
        started._process.BeginErrorReadLine();
        var clock = Stopwatch.StartNew();
        foreach (var port in ports)
        {
            while (!await AnswersAsync(port))
            {
                if (started._process.HasExited || clock.Elapsed > TimeSpan.FromSeconds(30))
                {
                    started.Dispose();
                    lock (said)
                    {
                        throw new InvalidOperationException($"does not start: {string.Join(' ', said)}");
                    }
                }

                await Task.Delay(50);
            }
        }

        return started;
    }

    /// <summary>Ports on 127.0.0.1 that are free now.</summary>
    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
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

    private static async Task<bool> AnswersAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
