using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Flows;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>
/// A random history of the whole engine: connections of apps that are meant and that are not, with events that come early, late, twice,
/// by the kernel or never, on a machine and a driver that fail in every way known. Then everything is mended, and must come right.
/// </summary>
internal sealed class EngineSchedule : IAsyncDisposable
{
    private const int Child = 1005;
    private const ushort FirstMeant = 50_000;
    private const ushort FirstOther = 52_000;

    private static readonly int[] _errors =
        [.. typeof(DivertError).GetFields().Where(field => field.IsStatic).Select(field => ((DivertError)field.GetValue(null)!).Code).Where(code => code != 0), 4711];

    private readonly SimMachine _machine;
    private readonly Random _random;
    private readonly bool _isCalm;
    private readonly List<(SimTcp End, List<byte> Sent)> _apps = [];
    private int _meant;

    private EngineSchedule(int seed)
    {
        _machine = new SimMachine(seed, quic: seed % 4 == 0);
        _random = _machine.Random;
        _isCalm = _random.Next(3) == 0;
    }

    /// <summary>Runs the history of a seed. Throws what went wrong.</summary>
    internal static async Task RunAsync(int seed)
    {
        var schedule = new EngineSchedule(seed);
        await using (schedule)
        {
            await schedule.RunAsync();
        }

        Assert.AreEqual(0, schedule._machine.Driver.OpenHandles, "handles are open after the end");
    }

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    private async Task RunAsync()
    {
        _machine.Processes.Add(Child, "node", _machine.Clock.GetUtcNow() - TimeSpan.FromMinutes(1), SimMachine.Selected);
        _machine.Offload = _random.Next(2) == 0;
        _machine.Processes.LookTime = TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? _random.Next(4) : 0);
        _machine.Loss = _isCalm ? 0 : Pick([0, 0, 0.02, 0.1]);
        await _machine.StartAsync();
        for (var steps = _random.Next(4, 16); steps > 0; steps--)
        {
            Act(_random.Next(_isCalm ? 10 : 20));
            _machine.Run(TimeSpan.FromMilliseconds(Pick([0, 1, 3, 12, 30])));
        }

        Mend();
        _apps.ForEach(app => Close(app.End));
        Assert.IsTrue(_machine.RunUntil(() => _apps.TrueForAll(app => app.End.IsDone || app.End.IsReset), TimeSpan.FromSeconds(60)), "a connection hangs: " + string.Join("; ", _apps.Select(app => app.End).Where(end => !end.IsDone && !end.IsReset).Take(1)));
        Check();
    }

    private void Act(int what)
    {
        switch (what)
        {
            case 0 or 1 or 2 or 3:
                Connect();
                break;
            case 4 or 5 or 6 when _apps.Count > 0:
                Write(Pick(_apps), _random.Next(12) == 0 ? 65_000 : _random.Next(1, 1500));
                break;
            case 7 when _apps.Count > 0:
                Close(Pick(_apps).End);
                break;
            case 8:
                _machine.InterfaceIndex = (uint)_random.Next(1, 4);
                break;
            case 9:
                _machine.Clock.Jump(TimeSpan.FromMinutes(_random.Next(-300, 300)));
                break;
            case 10:
                _machine.Driver.Fail(new DivertError(Pick(_errors)));
                break;
            case 11:
                _machine.Driver.OpenErrors.Enqueue(_random.Next(2) == 0 ? 0 : Pick(_errors));
                break;
            case 12:
                var code = Pick(_errors);
                _machine.Driver.SendError = (_, _) => _random.Next(3) == 0 ? code : 0;
                break;
            case 13:
                _machine.Driver.SendError = static (_, _) => 0;
                break;
            case 14:
                _machine.Processes.TableWorks = _random.Next(2) == 0;
                break;
            case 15:
                _machine.Answer(_random.Next(3) == 0);
                _machine.Run(TimeSpan.FromSeconds(_random.Next(3)));
                break;
            case 16:
                _machine.Redirector.Suspend();
                break;
            case 17:
                _machine.Redirector.Resume();
                break;
            case 18:
                Stall(TimeSpan.FromMilliseconds(_random.Next(3000)));
                break;
            case 19:
                _machine.Run(TimeSpan.FromMilliseconds(_random.Next(2000)));
                break;
        }
    }

    private void Connect()
    {
        var meant = _random.Next(3) != 0;
        var process = meant ? Pick([SimMachine.Selected, SimMachine.Selected, Child]) : Pick([SimMachine.Other, Attribution.KernelProcessId]);
        var v6 = _random.Next(3) == 0;
        var port = (ushort)((meant ? FirstMeant : FirstOther) + _random.Next(_isCalm ? 1000 : 12));
        var key = SimMachine.KeyOf(port, v6);
        if (_apps.Exists(app => app.End.Key == key && (_isCalm || !(app.End.IsDone || app.End.IsReset))))
        {
            return;
        }

        _meant += meant ? 1 : 0;

        // -5 ms: the event comes before the SYN.
        var skew = Pick([-5, -1, 0, 0, 1, 1, 5, 60, 500]);
        var events = Pick([0, 1, 1, 1, 1, 2]);
        for (var i = 0; i < events; i++)
        {
            _machine.ConnectEvent(port, v6, process, TimeSpan.FromMilliseconds(Math.Max(0, skew)));
        }

        if (skew < 0)
        {
            _machine.Run(TimeSpan.FromMilliseconds(-skew));
        }

        var app = _machine.Connect(port, v6, process);
        _apps.Add((app, []));
        if (events > 0 && skew < 0 && _random.Next(4) == 0)
        {
            // The kernel claims it as well, later.
            _machine.ConnectEvent(port, v6, Attribution.KernelProcessId, TimeSpan.FromMilliseconds(_random.Next(4)));
        }

        Write(_apps[^1], _random.Next(1, 3000));
    }

    private static void Write((SimTcp End, List<byte> Sent) app, int length)
    {
        if (app.End.IsClosing)
        {
            return;
        }

        var data = new byte[length];
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)((app.Sent.Count + i) * 7);
        }

        app.Sent.AddRange(data);
        app.End.Write(data);
    }

    private static void Close(SimTcp end)
    {
        if (!end.IsClosing)
        {
            end.Close();
        }
    }

    // The loop that sends next hangs in the middle of its work, and everything else goes on.
    private void Stall(TimeSpan time) => _machine.Driver.SendError = (_, _) =>
    {
        _machine.Driver.SendError = static (_, _) => 0;
        _machine.Run(time);
        return 0;
    };

    private void Mend()
    {
        _machine.Loss = 0;
        _machine.Driver.SendError = static (_, _) => 0;
        _machine.Driver.OpenErrors.Clear();
        _machine.Processes.TableWorks = true;
        _machine.Processes.LookTime = TimeSpan.Zero;
        _machine.Answer(true);
        _machine.Redirector.Resume();
    }

    private void Check()
    {
        foreach (var (end, sent) in _apps)
        {
            Assert.IsTrue(end.Received.Count <= sent.Count && end.Received.SequenceEqual(sent.Take(end.Received.Count)), $"{end.Key}: other data came back");
            Assert.IsTrue(end.IsReset || end.Received.Count == sent.Count, $"{end.Key}: data is missing");
        }

        Assert.AreEqual(0, _machine.Driver.BadChecksums, "packets were corrupted");
        Assert.IsEmpty(_machine.ListenerConnections.Keys.Where(key => key.RemotePort >= FirstOther), "a connection that is not meant was redirected");
        var counters = _machine.Redirector.ReadCounters();
        var counted = counters.Redirected + counters.NotSelected + counters.HeartbeatLate + counters.Unattributed + counters.NoListener + counters.Lost;
        Assert.IsGreaterThanOrEqualTo(counted, counters.Seen, "more connections ended than began");
        Assert.AreEqual(0, counters.Malformed);
        if (_isCalm)
        {
            Assert.AreEqual((_meant, 0), (counters.Redirected, counters.Unattributed), "connections that are meant were missed");
            Assert.AreEqual(_apps.Count, counters.Seen);
            Assert.IsEmpty(_machine.LeakedToServer);
            Assert.IsTrue(_apps.TrueForAll(app => !app.End.IsReset));
        }
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}
