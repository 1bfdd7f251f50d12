namespace AktoDivert.Redirect;

/// <summary>An engine that has to know when the machine sleeps.</summary>
public interface ISuspendable
{
    /// <summary>The machine is about to sleep: whatever is held is let go.</summary>
    void Suspend();

    /// <summary>The machine woke up: connections from before are dead, and the engine starts over.</summary>
    void Resume();
}
