using System.Diagnostics;
using System.Text.Json;

namespace AktoDivert.SystemTests.EndToEnd;

/// <summary>A call of the load.</summary>
/// <param name="Worker">0 connects anew for each call; the others keep their connection.</param>
/// <param name="Number">Unique within the load.</param>
/// <param name="Started">Unix milliseconds.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Outcome"><c>ok</c>, or how it failed.</param>
internal sealed record LoadCall(int Worker, int Number, long Started, long Milliseconds, string Outcome)
{
    public bool IsOk => Outcome == "ok";

    public bool IsOnNewConnection => Worker == 0;
}

/// <summary>Calls of the employee's machine, over and over until stopped (<c>Apps/load.mjs</c>).</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly List<LoadCall> _calls = [];

    private Load(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>The calls that have ended so far.</summary>
    public IReadOnlyList<LoadCall> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Starts the load and waits until each worker has been answered.</summary>
    /// <param name="product">Where it runs.</param>
    /// <param name="path">Path and query; NUMBER in it becomes the number of the call.</param>
    /// <param name="workers">How many call at once.</param>
    /// <param name="pause">Of each worker between two calls.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Load> StartAsync(ProductInLab product, string path, int workers, TimeSpan pause, CancellationToken cancellation)
    {
        var command = product.ScriptCommand("load.mjs", ["api.openai.com", path, $"{workers}", $"{pause.TotalMilliseconds}"]);
        var load = new Load(Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!);
        await Until.TrueAsync(
            () => Task.FromResult(load.Calls.Where(call => call.IsOk).Select(call => call.Worker).Distinct().Count() == workers),
            TimeSpan.FromSeconds(30),
            () => $"not every worker was answered: {string.Join(", ", load.Calls.Select(call => call.Outcome).Distinct())}",
            cancellation);
        return load;
    }

    /// <summary>Lets the calls in progress end and starts no more.</summary>
    public async Task<IReadOnlyList<LoadCall>> StopAsync(CancellationToken cancellation)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(cancellation).WaitAsync(TimeSpan.FromSeconds(30), cancellation);
        await _reading;
        return Calls;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_calls)
            {
                _calls.Add(JsonSerializer.Deserialize<LoadCall>(line, JsonSerializerOptions.Web)!);
            }
        }
    }
}
