using AktoDivert.Redirect.Engine;

namespace AktoDivert.Tests.Redirect.Simulation;

/// <summary>Runs the engine's loops step by step on the test's own thread, in an order that the seed gives.</summary>
internal sealed class SimThreads(TimeProvider time, Random random) : IEngineThreads
{
    private readonly List<Loop> _loops = [];

    public IEngineThread Start(string name, ThreadPriority priority, Func<TimeSpan?> step)
    {
        var loop = new Loop(step);
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Runs every loop that is due once.</summary>
    internal void Step()
    {
        _loops.RemoveAll(loop => loop.Ended);
        Loop[] order = [.. _loops];
        random.Shuffle(order);
        foreach (var loop in order)
        {
            if (!loop.Ended && !loop.Running && (loop.Woken || time.GetTimestamp() >= loop.Due))
            {
                loop.Run(time);
            }
        }
    }

    /// <summary>The process is gone, and all its loops with it.</summary>
    internal void Kill() => _loops.ForEach(loop => loop.Stop(default));

    private sealed class Loop(Func<TimeSpan?> step) : IEngineThread
    {
        internal long Due { get; private set; } = long.MinValue;

        internal bool Woken { get; private set; }

        internal bool Ended { get; private set; }

        /// <summary>Waits within its step, while the other loops go on.</summary>
        internal bool Running { get; private set; }

        public void Wake() => Woken = true;

        public bool Stop(TimeSpan limit)
        {
            Ended = true;
            return true;
        }

        internal void Run(TimeProvider time)
        {
            Woken = false;
            Running = true;
            var next = step();
            Running = false;
            if (next is { } pause)
            {
                Due = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);
            }
            else
            {
                Ended = true;
            }
        }
    }
}
