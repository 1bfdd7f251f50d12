using System.Collections.Concurrent;
using System.Runtime.Versioning;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Processes;
using AktoDivert.Redirect.Windows.Interop;

namespace AktoDivert.Redirect.Windows;

/// <summary>
/// Processes as Windows shows them to SYSTEM. What does not change while a process runs is read once: a hundred connections of one app
/// must all be attributed within the few milliseconds that their SYNs are held.
/// </summary>
/// <param name="publishers">Who signed executables, as far as it is known already.</param>
[SupportedOSPlatform("windows")]
internal sealed class WindowsProcessResolver(PublisherCache publishers) : IProcessResolver
{
    private const int MostProcesses = 4096;
    private readonly ConcurrentDictionary<(int Pid, DateTimeOffset Started), ProcessIdentity> _known = new();

    /// <inheritdoc />
    public RunningProcess? Resolve(int processId)
    {
        using var process = OpenedProcess.Open(processId);
        if (process is null)
        {
            return null;
        }

        var started = process.Started();
        if (!_known.TryGetValue((processId, started), out var identity))
        {
            if (_known.Count >= MostProcesses)
            {
                _known.Clear();
            }

            identity = Read(process, processId, started);
            if (identity.Path.Length > 0)
            {
                _known[(processId, started)] = identity;
            }
        }

        if (identity.Publisher.Length == 0 && publishers.Find(identity.Path) is { Length: > 0 } publisher)
        {
            identity = _known[(processId, started)] = identity with { Publisher = publisher };
        }

        return new RunningProcess(identity, started);
    }

    /// <inheritdoc />
    public IReadOnlyList<int> RunningProcesses() => OpenedProcess.All();

    private static ProcessIdentity Read(OpenedProcess process, int processId, DateTimeOffset started)
    {
        var path = process.Path();
        return new ProcessIdentity
        {
            Pid = processId,
            Name = path.Length > 0 ? System.IO.Path.GetFileName(path) : "",
            Path = path,
            Arguments = WindowsCommandLine.Split(process.CommandLine()),
            ParentPid = ParentOf(process, started),
            UserName = process.User(),
            PackageFamily = process.PackageFamily(),
        };
    }

    // A process that started later than its child took over the number of the real parent.
    private static int ParentOf(OpenedProcess child, DateTimeOffset started)
    {
        var id = child.Parent();
        if (id == 0)
        {
            return 0;
        }

        using var parent = OpenedProcess.Open(id);
        return parent is not null && parent.Started() <= started ? id : 0;
    }
}
