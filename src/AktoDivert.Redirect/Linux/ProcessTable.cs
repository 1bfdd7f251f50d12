using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// The user space half of the process selection. The kernel decides exact names and inheritance by itself; this decides what needs
/// paths and arguments, and puts processes into the table that were there before the programs.
/// </summary>
internal sealed class ProcessTable(RedirectMaps maps, AppTable apps, ILogger logger)
{
    private const int LongestAncestry = 64;
    private const int ScanPasses = 4;
    private readonly KnownFiles _files = new(maps.Files);
    private volatile ProcessSelection _selection = new(RedirectScope.AllowList, []);

    internal ProcessSelection Selection => _selection;

    /// <summary>Puts the rules of a selection into the kernel; returns whether every program is a candidate.</summary>
    internal bool Apply(ProcessSelection selection)
    {
        var rules = new NameRules(selection, apps);
        _selection = selection;
        _files.Forget();
        var wanted = rules.Rules.ToDictionary(rule => NameRecord.From(rule.Key).ToString(), rule => rule.Value);
        foreach (var (name, rule) in wanted)
        {
            Set(maps.Names, NameRecord.From(name), rule);
        }

        foreach (var name in maps.Names.Keys().Where(name => !wanted.ContainsKey(name.ToString())))
        {
            _ = maps.Names.Remove(name);
        }

        return rules.AllCandidates;
    }

    /// <summary>
    /// Decides every running process. Repeated until a pass finds nothing new: a child forked by a process that the pass had not
    /// reached yet inherits nothing in the kernel.
    /// </summary>
    internal void Scan()
    {
        var selected = 0;
        for (var pass = 0; pass < ScanPasses; pass++)
        {
            var before = selected;
            var decided = new Dictionary<int, ProcessDecision?>();
            selected = ProcessFiles.RunningPids().Count(pid => Enter(pid, DecideWithAncestors(pid, decided, LongestAncestry)));
            if (selected == before)
            {
                break;
            }
        }

        RedirectLog.Scanned(logger, selected, _selection.Scope.ToString());
    }

    /// <summary>Decides a process that the kernel left undecided or reported, and enters it; null when it is not selected.</summary>
    internal ProcessDecision? Decide(int pid)
    {
        var selection = _selection;
        var decision = DecideFromTable(pid, LongestAncestry);
        if (decision is not null)
        {
            Put(pid, decision);
        }
        else if (maps.Processes.TryGet((uint)pid, out var record) && record.State == ProcessState.Undecided)
        {
            _ = maps.Processes.Remove((uint)pid);
        }

        return ReferenceEquals(selection, _selection) ? decision : Decide(pid);
    }

    /// <summary>The app a process belongs to by its own properties, or null.</summary>
    internal AppMatch? OwnMatch(ProcessIdentity process)
    {
        var match = _selection.Match(process);
        if (match is null)
        {
            return _files.Find(process.Pid);
        }

        if (_selection.Match(process with { Arguments = [] }) is { } byFile)
        {
            _files.Learn(process.Pid, byFile, apps.IndexOf(byFile.AppId, byFile.AppName));
        }

        return match;
    }

    private ProcessDecision? OwnDecision(ProcessIdentity process) =>
        OwnMatch(process) is { } match ? new ProcessDecision(apps.IndexOf(match.AppId, match.AppName), process.Pid, match.Selector) : null;

    private ProcessDecision? DecideFromTable(int pid, int depth)
    {
        if (depth == 0 || pid <= 1 || ProcessFiles.Read(pid) is not { } process)
        {
            return null;
        }

        if (OwnDecision(process.Identity) is { } own)
        {
            return own;
        }

        var parent = process.Identity.ParentPid;
        _ = maps.Processes.TryGet((uint)parent, out var record);
        return record.State switch
        {
            ProcessState.Selected => new ProcessDecision(record.App, (int)record.Root, ""),
            ProcessState.Undecided => DecideFromTable(parent, depth - 1),
            _ => null,
        };
    }

    private ProcessDecision? DecideWithAncestors(int pid, Dictionary<int, ProcessDecision?> decided, int depth)
    {
        if (depth == 0 || pid <= 1)
        {
            return null;
        }

        if (!decided.TryGetValue(pid, out var decision))
        {
            decision = ProcessFiles.Read(pid) is { } process
                ? OwnDecision(process.Identity) ?? DecideWithAncestors(process.Identity.ParentPid, decided, depth - 1)
                    ?? KeptInheritance(pid)
                : null;
            decided[pid] = decision;
        }

        return decision;
    }

    // The ancestor that a process inherited from may be gone: what the kernel noted then holds as long as its app is selected.
    private ProcessDecision? KeptInheritance(int pid) =>
        maps.Processes.TryGet((uint)pid, out var record) && record.State == ProcessState.Selected && record.Root != pid
        && !Directory.Exists($"/proc/{record.Root}") && apps[record.App] is { } app && _selection.Apps.Any(a => a.Id == app.AppId)
            ? new ProcessDecision(record.App, (int)record.Root, "")
            : null;

    private bool Enter(int pid, ProcessDecision? decision)
    {
        if (decision is null)
        {
            _ = maps.Processes.Remove((uint)pid);
            return false;
        }

        Put(pid, decision);
        return true;
    }

    private void Put(int pid, ProcessDecision decision)
    {
        var record = new ProcessRecord { State = ProcessState.Selected, App = decision.App, Root = (uint)decision.Root };
        Set(maps.Processes, (uint)pid, record);
        if (!Directory.Exists($"/proc/{pid}"))
        {
            // It ended meanwhile, and so did the kernel's chance to remove it.
            _ = maps.Processes.Remove((uint)pid);
        }
    }

    private void Set<TKey, TValue>(BpfMap<TKey, TValue> map, TKey key, TValue value)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        if (!map.Set(key, value))
        {
            RedirectLog.MapFull(logger, map.Name);
        }
    }
}
