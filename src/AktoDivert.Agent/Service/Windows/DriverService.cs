using System.Runtime.Versioning;
using AktoDivert.Agent.Service.Windows.Interop;
using Microsoft.Win32;

namespace AktoDivert.Agent.Service.Windows;

/// <summary>
/// The kernel service that WinDivert.dll makes at the first open. It marks the service for deletion at once, so it goes with the last handle;
/// after a crash it may stay. Other programs use the same name: only one whose driver lies in our folder is ours.
/// </summary>
[SupportedOSPlatform("windows")]
internal static class DriverService
{
    /// <summary>Name of the service, whoever installed it.</summary>
    public const string Name = "WinDivert";

    private const string Key = @"SYSTEM\CurrentControlSet\Services\" + Name;

    /// <summary>Where the driver of the service lies; null when there is no service.</summary>
    public static string? ImagePath()
    {
        using var key = Registry.LocalMachine.OpenSubKey(Key);
        return key?.GetValue("ImagePath") as string;
    }

    /// <summary>Whether the service was disabled, as happens after somebody stopped it while handles were open.</summary>
    public static bool IsDisabled()
    {
        const int Disabled = 4;
        using var key = Registry.LocalMachine.OpenSubKey(Key);
        return key?.GetValue("Start") is Disabled;
    }

    /// <summary>Stops and deletes the service when its driver is the one in this program's folder.</summary>
    public static void RemoveOurs(ServiceControl control)
    {
        if (ImagePath() is { } path && DriverPath.IsBelow(path, AppContext.BaseDirectory) && control.Exists(Name))
        {
            control.Stop(Name);
            control.Delete(Name);
        }
    }
}
