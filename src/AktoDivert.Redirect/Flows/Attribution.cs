using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect.Flows;

/// <summary>Whose a connection is, and what follows from it.</summary>
/// <param name="Process">Who opened it.</param>
/// <param name="Redirect">Whether it is brought to the listener.</param>
/// <param name="Selected">Whether the process is meant; false for one that is redirected only to be tunnelled untouched.</param>
internal sealed record Attribution(ProcessIdentity Process, bool Redirect, bool Selected)
{
    /// <summary>The process id of the Windows kernel.</summary>
    public const int KernelProcessId = 4;

    /// <summary>The kernel's own connection (SMB). It may also claim a connection that is a process's, later.</summary>
    public bool IsKernel => Process.Pid == KernelProcessId;
}
