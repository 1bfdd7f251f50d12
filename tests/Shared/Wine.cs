using System.Runtime.InteropServices;

namespace AktoDivert.Tests.Shared;

/// <summary>Whether Windows is played by Wine, see tools/wine.</summary>
public static class Wine
{
    /// <summary>Wine's ntdll has an export that Windows' lacks, made for this question.</summary>
    public static bool IsHost { get; } =
        OperatingSystem.IsWindows()
        && NativeLibrary.TryLoad("ntdll.dll", out var library)
        && NativeLibrary.TryGetExport(library, "wine_get_version", out _);
}
