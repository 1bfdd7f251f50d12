using System.Diagnostics;
using AktoDivert.Agent.Hosting.Interop;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Ends this process when it has not run for a while (SIGSTOP, a frozen cgroup, a suspended runtime). The kernel side sends new connections
/// direct by then, but established ones would hang until the process goes on: once it is gone they are reset, and the service starts anew.
/// A thread of its own sets the kernel's timer again and again, so that a busy thread pool is not taken for a stopped process.
/// </summary>
internal sealed class HangLimit : IDisposable
{
    private const int RenewalsPerLimit = 8;

    private readonly KillTimer _timer = new();
    private readonly ManualResetEvent _ended = new(initialState: false);
    private readonly TimeSpan _limit;
    private readonly Thread _renewal;

    private HangLimit(TimeSpan limit)
    {
        _limit = limit;
        _renewal = new Thread(Renew) { IsBackground = true, Name = "hang limit" };
        _renewal.Start();
    }

    /// <summary>Watches this process until disposed; null where there is nothing to watch with or a debugger stops it on purpose.</summary>
    /// <param name="limit">Longest time the process may not run, at least 1 s. It ends between 7/8 of it and all of it.</param>
    public static IDisposable? Start(TimeSpan limit) =>
        Debugger.IsAttached ? null
        : OperatingSystem.IsLinux() ? new HangLimit(limit)
        : OperatingSystem.IsWindows() ? SupervisedHangLimit.Start(limit)
        : null;

    /// <inheritdoc />
    public void Dispose()
    {
        _ended.Set();
        _renewal.Join();
        _timer.Dispose();
        _ended.Dispose();
    }

    private void Renew()
    {
        do
        {
            _timer.Set(_limit);
        }
        while (!_ended.WaitOne(_limit / RenewalsPerLimit));
    }
}
