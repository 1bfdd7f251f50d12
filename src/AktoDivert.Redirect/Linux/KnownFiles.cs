using System.Collections.Concurrent;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// Executables that were seen running under a selected name or path: the same file stays selected when it is renamed or moved.
/// Interpreters are not learned: what they run selects them, not they themselves.
/// </summary>
internal sealed class KnownFiles(BpfMap<FileIdRecord, uint> files)
{
    private const int Limit = 1024;
    private readonly ConcurrentDictionary<FileIdRecord, (ExecutableFile File, AppMatch App)> _known = new();

    internal void Learn(int pid, AppMatch match, uint app)
    {
        if (ExecutableFile.Of(pid) is not { } file || (_known.TryGetValue(file.Id, out var known) && known.File == file))
        {
            return;
        }

        if (_known.Count >= Limit)
        {
            Forget();
        }

        _known[file.Id] = (file, match);
        _ = files.Set(file.Id, app);
    }

    /// <summary>The app whose file the process runs, under whatever name; null when it is none.</summary>
    internal AppMatch? Find(int pid) =>
        !_known.IsEmpty && ExecutableFile.Of(pid) is { } file && _known.TryGetValue(file.Id, out var known) && known.File == file
            ? known.App with { Selector = $"{known.App.Selector} (the same file, renamed)" }
            : null;

    internal void Forget()
    {
        foreach (var id in _known.Keys)
        {
            _known.TryRemove(id, out _);
            _ = files.Remove(id);
        }
    }
}
