namespace AktoDivert.SideBySide.Peers;

/// <summary>A running proxy: where it listens and which process does its work.</summary>
/// <param name="Name">As the table shows it.</param>
/// <param name="Port">Port on 127.0.0.1.</param>
/// <param name="Pid">Its process; that and what is below it is measured.</param>
internal sealed record Peer(string Name, int Port, int Pid)
{
    /// <summary>How long it compiled so far; null for a program that is compiled already.</summary>
    public Func<Task<TimeSpan>>? Compiling { get; init; }

    /// <summary>Waits until it has done what a load left it to do.</summary>
    public Func<Task> Finish { get; init; } = static () => Task.CompletedTask;

    /// <summary>CPU time so far, in seconds.</summary>
    public double CpuSeconds => Processes.CpuSeconds(Pid);
}
