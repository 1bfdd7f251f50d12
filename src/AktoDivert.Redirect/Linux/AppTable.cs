using System.Collections.Concurrent;
using AktoDivert.Core.Processes;

namespace AktoDivert.Redirect.Linux;

/// <summary>Numbers for apps, as the kernel's tables hold them. A number keeps its app while the agent runs; 0 is none.</summary>
internal sealed class AppTable
{
    private readonly ConcurrentDictionary<string, uint> _indexes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<uint, AppMatch> _apps = new();

    internal uint IndexOf(string appId, string appName)
    {
        var index = _indexes.GetOrAdd(appId, static (_, indexes) => (uint)indexes.Count + 1, _indexes);
        _apps[index] = new AppMatch(appId, appName, "");
        return index;
    }

    internal AppMatch? this[uint index] => _apps.GetValueOrDefault(index);
}
