using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Engine;

/// <summary>Threads of the operating system, one a loop.</summary>
internal sealed class EngineThreads : IEngineThreads
{
    /// <inheritdoc />
    public IEngineThread Start(string name, ThreadPriority priority, Func<TimeSpan?> step) => new Loop(name, priority, step);

    private sealed class Loop : IEngineThread
    {
        private readonly object _wake = new();
        private readonly Thread _thread;
        private readonly ThreadPriority _priority;
        private bool _woken;
        private volatile bool _stopping;

        internal Loop(string name, ThreadPriority priority, Func<TimeSpan?> step)
        {
            _priority = priority;
            _thread = new Thread(() => Run(step)) { Name = name, IsBackground = true, Priority = priority };
            _thread.Start();
        }

        public void Wake()
        {
            lock (_wake)
            {
                _woken = true;
                Monitor.Pulse(_wake);
            }
        }

        public bool Stop(TimeSpan limit)
        {
            _stopping = true;
            Wake();
            return _thread == Thread.CurrentThread || _thread.Join(limit);
        }

        private void Run(Func<TimeSpan?> step)
        {
            if (OperatingSystem.IsLinux())
            {
                ThreadNiceness.Apply(_priority);
            }

            while (!_stopping && step() is { } pause)
            {
                if (pause > TimeSpan.Zero)
                {
                    Wait(pause);
                }
            }
        }

        private void Wait(TimeSpan pause)
        {
            lock (_wake)
            {
                if (!_woken)
                {
                    _ = Monitor.Wait(_wake, pause);
                }

                _woken = false;
            }
        }
    }
}
