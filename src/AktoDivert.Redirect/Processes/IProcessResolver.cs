namespace AktoDivert.Redirect.Processes;

/// <summary>
/// What the operating system tells of processes. Calls may take milliseconds and never come on a packet thread. None throws for a process
/// that is gone.
/// </summary>
internal interface IProcessResolver
{
    /// <summary>Who a process is; null when it is gone or the system does not say.</summary>
    RunningProcess? Resolve(int processId);

    /// <summary>Ids of all running processes.</summary>
    IReadOnlyList<int> RunningProcesses();
}
