namespace AktoDivert.Redirect.Engine;

/// <summary>Runs the engine's loops: on threads of their own, or step by step in the simulator.</summary>
internal interface IEngineThreads
{
    /// <summary>Repeats a step until it returns null.</summary>
    /// <param name="name">For debuggers.</param>
    /// <param name="priority">The watchdog runs above all others.</param>
    /// <param name="step">The step, which does not throw: returns the pause before the next, zero for a loop that waits in its step.</param>
    /// <returns>The loop.</returns>
    IEngineThread Start(string name, ThreadPriority priority, Func<TimeSpan?> step);
}
