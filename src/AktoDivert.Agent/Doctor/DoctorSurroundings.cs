using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Doctor;

/// <summary>What the checks look at. Tests give it a folder that plays the machine.</summary>
internal sealed record DoctorSurroundings
{
    private static readonly string[] ProgramFolders = ["usr/bin", "usr/sbin", "bin", "sbin", "usr/local/bin"];

    /// <summary>Root of the file system looked at.</summary>
    public string Root { get; init; } = "/";

    /// <summary>Configuration in force.</summary>
    public required AgentOptions Options { get; init; }

    /// <summary>The processes that are redirected.</summary>
    public required ProcessSelection Selection { get; init; }

    /// <summary>Every app known, redirected or not.</summary>
    public required IReadOnlyList<LayeredApp> Apps { get; init; }

    /// <summary>Environment of the command.</summary>
    public required IDictionary Environment { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Whether a native library can be loaded.</summary>
    public Func<string, bool> CanLoad { get; init; } = static library => NativeLibrary.TryLoad(library, out _);

    /// <summary>A path below <see cref="Root"/>.</summary>
    public string At(string path) => Path.Combine(Root, path.TrimStart('/'));

    /// <summary>Text of a file; null when it is missing or may not be read.</summary>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(At(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a program is found in the usual folders.</summary>
    public bool HasProgram(string name) => ProgramFolders.Any(folder => File.Exists(Path.Combine(Root, folder, name)));

    /// <summary>Ids of running processes.</summary>
    public IEnumerable<int> Processes() => Directory.Exists(At("/proc"))
        ? Directory.EnumerateDirectories(At("/proc"))
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
        : [];

    /// <summary>Target of a symbolic link; null when there is none or it may not be read.</summary>
    public string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(At(path)).LinkTarget;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Running processes of the allow-list, with the app each belongs to.</summary>
    public IEnumerable<(int Pid, string App)> RunningApps()
    {
        foreach (var pid in Processes())
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
            if (LinkTarget(folder + "/exe") is not { } path)
            {
                continue;
            }

            var identity = new ProcessIdentity
            {
                Pid = pid,
                Name = Path.GetFileName(path),
                Path = path,
                Arguments = (Read(folder + "/cmdline") ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries),
            };
            if (Selection.Match(identity) is { } match)
            {
                yield return (pid, match.AppName);
            }
        }
    }
}
