using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Windows;

/// <summary>
/// Finds the driver's files in a folder, checks them against the lock file and loads the library. The files are held open from the check to
/// the end of the process: nobody can change them in between.
/// </summary>
/// <param name="folder">The program's own folder.</param>
internal sealed class WinDivertLibrary(string folder) : IDisposable
{
    /// <summary>The kernel driver, which the library installs from its own folder.</summary>
    public const string Driver = "WinDivert64.sys";

    /// <summary>The library.</summary>
    public const string Library = "WinDivert.dll";

    private readonly List<FileStream> _held = [];
    private nint _module;

    /// <summary>The lock file in force, once loaded.</summary>
    public DriverLock? Lock { get; private set; }

    /// <summary>Checks and loads; doing it again does nothing.</summary>
    /// <returns>Null when loaded, otherwise what is wrong, for a person.</returns>
    public string? Load()
    {
        if (_module != 0)
        {
            return null;
        }

        var fault = Check();
        if (fault is null && !NativeLibrary.TryLoad(Path.Combine(folder, Library), out _module))
        {
            fault = $"{Path.Combine(folder, Library)} could not be loaded";
        }

        if (fault is not null)
        {
            Release();
        }

        return fault;
    }

    /// <summary>Lets go of the files; a loaded library stays loaded.</summary>
    public void Dispose() => Release();

    /// <summary>Checks the files and keeps them open.</summary>
    /// <returns>Null when they are the ones that the lock file pins, otherwise what is wrong.</returns>
    internal string? Check()
    {
        var lockPath = Path.Combine(folder, DriverLock.FileName);
        try
        {
            Lock = DriverLock.Parse(File.ReadAllText(lockPath));
            if (Lock is null)
            {
                return $"{lockPath} is damaged";
            }

            return CheckFile(Library, Lock) ?? CheckFile(Driver, Lock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is FileNotFoundException or DirectoryNotFoundException ? $"{lockPath} is missing" : e.Message;
        }
    }

    private string? CheckFile(string name, DriverLock pins)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return $"{path} is missing";
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        _held.Add(file);
        var hash = DriverLock.Hash(file);
        return hash == pins.HashOf(name) ? null
            : $"{path} is not the file of WinDivert {pins.Version} that the agent was released with: its SHA-256 is {hash}";
    }

    private void Release()
    {
        foreach (var file in _held)
        {
            file.Dispose();
        }

        _held.Clear();
    }
}
