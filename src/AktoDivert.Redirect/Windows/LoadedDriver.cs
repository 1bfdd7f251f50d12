using System.Runtime.Versioning;
using Microsoft.Win32;

namespace AktoDivert.Redirect.Windows;

/// <summary>The WinDivert service as the system has it, whoever installed it.</summary>
[SupportedOSPlatform("windows")]
internal static class LoadedDriver
{
    /// <summary>Path of its driver file; null when there is no service.</summary>
    public static string? Path()
    {
        using var key = Registry.LocalMachine.OpenSubKey(@"SYSTEM\CurrentControlSet\Services\WinDivert");
        return key?.GetValue("ImagePath") is string path ? FilePath(path) : null;
    }

    /// <summary>A file's path without the prefix of the object manager's namespace.</summary>
    internal static string FilePath(string imagePath)
    {
        const string NtPrefix = @"\??\";
        return imagePath.StartsWith(NtPrefix, StringComparison.Ordinal) ? imagePath[NtPrefix.Length..] : imagePath;
    }
}
