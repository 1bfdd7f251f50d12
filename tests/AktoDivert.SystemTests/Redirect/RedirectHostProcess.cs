using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using AktoDivert.Core.Flows;

namespace AktoDivert.SystemTests.Redirect;

/// <summary>A flow as the host prints it.</summary>
internal sealed record SeenFlow(string Destination, int Pid, string Name, string AppId, string SelectedBy, bool Selected, string User, string Path);

/// <summary>What the engine told of a connection that goes direct: <c>started</c>, <c>ended</c> or <c>refused</c>.</summary>
internal sealed record ToldFlow(string What, string Destination, string Host, int Pid, string AppId, long BytesUp, long BytesDown);

/// <summary>The engine in a process of its own.</summary>
internal sealed class RedirectHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly BlockingCollection<string> _answers = [];
    private readonly ConcurrentQueue<SeenFlow> _flows = new();
    private readonly BlockingCollection<ToldFlow> _told = [];

    private RedirectHostProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Take(line.Data ?? "GONE");
        _process.BeginOutputReadLine();
        Ready = Answer().Split('\t');
    }

    /// <summary>READY, state, reason, fix, listener port.</summary>
    internal string[] Ready { get; }

    internal int Pid => _process.Id;

    internal int ListenerPort => int.Parse(Ready[4], System.Globalization.CultureInfo.InvariantCulture);

    internal IReadOnlyList<SeenFlow> Flows => [.. _flows];

    internal static Task<RedirectHostProcess> StartAsync(string program, string[] arguments) => Task.Run(() =>
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new RedirectHostProcess(Process.Start(start)!);
    });

    internal string Command(params string[] words)
    {
        _process.StandardInput.WriteLine(string.Join('\t', words));
        _process.StandardInput.Flush();
        return Answer();
    }

    internal RedirectCounters Counters() => JsonSerializer.Deserialize<RedirectCounters>(Command("counters").Split('\t')[1])!;

    /// <summary>The flow of the last fetch, and that there was exactly one since the last call.</summary>
    internal SeenFlow SingleFlow()
    {
        // The host prints a flow before it dials, so it stands here once the app has its answer; the pipe may still be on the way.
        Assert.IsTrue(SpinWait.SpinUntil(() => !_flows.IsEmpty, _limit), "no flow was redirected");
        var all = Flows;
        _flows.Clear();
        Assert.HasCount(1, all);
        return all[0];
    }

    /// <summary>The flows since the last call.</summary>
    internal SeenFlow[] TakeFlows()
    {
        // An answer to a command comes after every flow the host printed before it.
        Counters();
        var all = Flows.ToArray();
        _flows.Clear();
        return all;
    }

    /// <summary>What the engine tells next of connections that go direct.</summary>
    internal ToldFlow NextTold() => _told.TryTake(out var told, _limit) ? told : throw new TimeoutException("the engine tells nothing of a direct flow");

    internal async Task SignalAsync(string signal) => await Shell.RunAsync("kill", $"-{signal}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _answers.Dispose();
        _told.Dispose();
    }

    internal string NextAnswer() => Answer();

    private string Answer() => _answers.TryTake(out var line, _limit) ? line : throw new TimeoutException("the host does not answer");

    private void Take(string line)
    {
        var fields = line.Split('\t');
        if (fields[0] == "FLOW")
        {
            var pid = int.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture);
            _flows.Enqueue(new SeenFlow(fields[1], pid, fields[3], fields[4], fields[5], bool.Parse(fields[6]), fields[7], fields[8]));
        }
        else if (fields[0] == "DIRECT")
        {
            var culture = System.Globalization.CultureInfo.InvariantCulture;
            _told.Add(new ToldFlow(
                fields[1], fields[2], fields[3], int.Parse(fields[4], culture), fields[5], long.Parse(fields[6], culture), long.Parse(fields[7], culture)));
        }
        else if (!_answers.IsAddingCompleted)
        {
            _answers.Add(line);
        }
    }
}
