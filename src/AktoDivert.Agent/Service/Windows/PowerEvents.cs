namespace AktoDivert.Agent.Service.Windows;

/// <summary>The machine goes to sleep and wakes up. Raised on the service's control thread: subscribers return within a second.</summary>
internal sealed class PowerEvents
{
    /// <summary>The machine is about to sleep.</summary>
    public event Action? Suspending;

    /// <summary>The machine woke up.</summary>
    public event Action? Resumed;

    /// <summary>Takes a PBT_APM* event of the service control handler; others than suspend and resume are ignored.</summary>
    public void Take(uint apmEvent)
    {
        const uint ApmSuspend = 4;
        const uint ApmResumeAutomatic = 18;
        switch (apmEvent)
        {
            case ApmSuspend:
                Suspending?.Invoke();
                break;
            case ApmResumeAutomatic:
                Resumed?.Invoke();
                break;
        }
    }
}
