using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux;
using AktoDivert.Redirect.Windows;

namespace AktoDivert.Redirect;

/// <summary>Processes of this machine, seen as the engines see them.</summary>
public static class RunningProcesses
{
    /// <summary>A process; null when there is none, or when it may not be looked at.</summary>
    public static ProcessIdentity? Find(int processId)
    {
        if (OperatingSystem.IsWindows())
        {
            // Who signed a file takes seconds to learn, and selects nothing.
            return new WindowsProcessResolver(new PublisherCache(static _ => "")).Resolve(processId)?.Identity;
        }

        return OperatingSystem.IsLinux() ? ProcessFiles.Read(processId)?.Identity : null;
    }
}
