using System.Runtime.Versioning;
using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Windows.Interop;

namespace AktoDivert.Redirect.Windows;

/// <summary>The real driver. Only version 2.2.2 is taken: 2.2.1 and older stop the machine when a FLOW handle closes.</summary>
/// <param name="library">The checked library.</param>
/// <param name="loadedDriver">Path of the driver file that the system's WinDivert service runs; null when the service is not there.</param>
[SupportedOSPlatform("windows")]
internal sealed class WinDivertDriver(WinDivertLibrary library, Func<string?> loadedDriver) : IDivertDriver
{
    private const ulong Major = 2;
    private const ulong Minor = 2;

    /// <inheritdoc />
    public string Name => "WinDivert 2.2.2";

    /// <summary>What is wrong with the files beside the program; null when nothing is, or nothing was opened yet.</summary>
    public string? FileFault { get; private set; }

    /// <inheritdoc />
    public DivertError Open(string filter, DivertLayer layer, short priority, DivertFlags flags, out IDivertHandle? handle)
    {
        handle = null;
        FileFault = library.Load();
        if (FileFault is not null)
        {
            return DivertError.FileCorrupt;
        }

        var opened = WinDivertNative.Open(filter, (uint)layer, priority, (ulong)flags);
        if (opened.IsInvalid)
        {
            var error = WinDivertHandle.LastError();
            opened.Dispose();
            return error;
        }

        var result = new WinDivertHandle(opened);
        if (!IsOurVersion(result))
        {
            result.Dispose();
            return DivertError.DriverFailedPriorUnload;
        }

        handle = result;
        return DivertError.None;
    }

    // Another program may have loaded its own copy before: the handle tells major and minor, the file tells the rest.
    private bool IsOurVersion(WinDivertHandle handle)
    {
        if (!handle.GetParameter(DivertParameter.VersionMajor, out var major).Succeeded
            || !handle.GetParameter(DivertParameter.VersionMinor, out var minor).Succeeded
            || major != Major || minor != Minor)
        {
            return false;
        }

        if (loadedDriver() is not { } path || !File.Exists(path))
        {
            return true;
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return DriverLock.Hash(file) == library.Lock!.HashOf(WinDivertLibrary.Driver);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not readable is no proof of another version, and the version numbers are right.
            return true;
        }
    }
}
