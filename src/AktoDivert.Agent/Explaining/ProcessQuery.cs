using System.Globalization;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;

namespace AktoDivert.Agent.Explaining;

/// <summary>
/// Turns what a person typed for a process into identities: a running process by its id (with its ancestors, from which it may inherit), a
/// path, a name, or a command line (<c>"node /opt/claude-code/cli.js"</c>).
/// </summary>
internal static class ProcessQuery
{
    private const int MostAncestors = 64;

    /// <summary>Reads the process, first itself, then its ancestors.</summary>
    public static bool TryRead(string text, out IReadOnlyList<ProcessIdentity>? chain, out string? error)
    {
        chain = null;
        error = null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            chain = ReadRunning(pid);
            error = chain.Count == 0 ? $"there is no process {pid}" : null;
            return error is null;
        }

        // Folders of Windows have spaces in their names.
        string[] arguments = File.Exists(text) ? [text] : text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (arguments.Length == 0)
        {
            error = "the process is empty; write a name (claude), a path, a process id, or a command line in quotes";
            return false;
        }

        var isPath = arguments[0].AsSpan().ContainsAny('/', '\\');
        chain =
        [
            new ProcessIdentity
            {
                Pid = 0,
                Name = arguments[0][(arguments[0].LastIndexOfAny(['/', '\\']) + 1)..],
                Path = isPath ? arguments[0] : "",
                Arguments = arguments,
            },
        ];
        return true;
    }

    private static List<ProcessIdentity> ReadRunning(int pid)
    {
        var chain = new List<ProcessIdentity>();
        while (pid > 0 && chain.Count < MostAncestors && RunningProcesses.Find(pid) is { } identity)
        {
            chain.Add(identity);
            pid = identity.ParentPid;
        }

        return chain;
    }
}
