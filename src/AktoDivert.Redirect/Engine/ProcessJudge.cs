using System.Collections.Concurrent;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Flows;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Engine;

/// <summary>
/// Decides whether a process is meant, by its own properties or an ancestor's. Never called on a packet thread. To look at a process takes
/// up to milliseconds, so a burst of events of one process is one look.
/// </summary>
internal sealed class ProcessJudge(IProcessResolver processes, TimeProvider time)
{
    private const int LongestAncestry = 16;
    private const int MostRemembered = 4096;

    // Clocks of events and of process starts differ by rounding.
    private static readonly TimeSpan _slack = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<int, Judgement> _last = new();
    private volatile ProcessSelection _selection = new(RedirectScope.AllowList, []);

    /// <summary>The selection in force.</summary>
    public ProcessSelection Selection
    {
        get => _selection;
        set => _selection = value;
    }

    /// <summary>Whether processes that are not meant are redirected as well, to be tunnelled untouched.</summary>
    public bool RedirectsAll { get; init; }

    /// <summary>The attribution of an event to a process; null when the process is gone or started after the event.</summary>
    /// <param name="processId">Who.</param>
    /// <param name="timestamp">When, in ticks of the clock; null for now.</param>
    public Attribution? Judge(int processId, long? timestamp)
    {
        if (processId == Environment.ProcessId || processId is Attribution.KernelProcessId or 0)
        {
            return new Attribution(new ProcessIdentity { Pid = processId, Name = processId == Environment.ProcessId ? "" : "System" }, false, false);
        }

        // Who had the id at the last look had it from its start until then: no event in between needs another look.
        var selection = _selection;
        if (timestamp is { } at && _last.TryGetValue(processId, out var last) && at <= last.LookedAt && last.Selection == selection)
        {
            return CanBeOf(last.Started, at) ? last.Attribution : null;
        }

        var now = time.GetTimestamp();
        if (processes.Resolve(processId) is not { } process)
        {
            return null;
        }

        if (_last.Count >= MostRemembered)
        {
            _last.Clear();
        }

        var attribution = AttributionOf(selection, process);
        _last[processId] = new Judgement(attribution, process.Started, now, selection);
        return timestamp is not { } when || CanBeOf(process.Started, when) ? attribution : null;
    }

    private Attribution AttributionOf(ProcessSelection selection, RunningProcess process)
    {
        if (selection.Match(process.Identity) is { } own)
        {
            return new Attribution(process.Identity with { AppId = own.AppId, SelectedBy = own.Selector }, true, true);
        }

        if (InheritedMatch(selection, process) is { } inherited)
        {
            return new Attribution(process.Identity with { AppId = inherited.App.AppId, SelectedBy = inherited.Reason }, true, true);
        }

        var all = selection.Scope == RedirectScope.All;
        return new Attribution(process.Identity, all || RedirectsAll, all);
    }

    private (AppMatch App, string Reason)? InheritedMatch(ProcessSelection selection, RunningProcess child)
    {
        for (var depth = 0; depth < LongestAncestry && child.Identity.ParentPid > Attribution.KernelProcessId; depth++)
        {
            // A parent that started after its child is another process with the same id.
            if (processes.Resolve(child.Identity.ParentPid) is not { } parent || parent.Started > child.Started + _slack)
            {
                return null;
            }

            if (selection.Match(parent.Identity) is { } match)
            {
                return (match, $"child of process {parent.Identity.Pid} ({match.AppName})");
            }

            child = parent;
        }

        return null;
    }

    // A start in the future means that the clock was set back since: then starts and events cannot be compared.
    private bool CanBeOf(DateTimeOffset started, long timestamp)
    {
        var age = time.GetUtcNow() - started;
        return age + _slack >= time.GetElapsedTime(timestamp) || age < -_slack;
    }

    private sealed record Judgement(Attribution Attribution, DateTimeOffset Started, long LookedAt, ProcessSelection Selection);
}
