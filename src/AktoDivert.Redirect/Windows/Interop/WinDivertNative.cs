using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>
/// The calls of WinDivert.dll 2.2 that are used (windivert.h). <see cref="WinDivertLibrary"/> loads the checked file first; the loader then
/// takes that one, and is allowed to look in the program's own folder only.
/// </summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WinDivertNative
{
    /// <summary>File name of the library.</summary>
    public const string Library = "WinDivert.dll";

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertOpen", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial WinDivertSafeHandle Open(string filter, uint layer, short priority, ulong flags);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertRecvEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ReceiveEx(
        WinDivertSafeHandle handle, byte* packets, uint packetBytes, out uint received, ulong flags, DivertAddress* addresses,
        ref uint addressBytes, nint overlapped);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertSendEx", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SendEx(
        WinDivertSafeHandle handle, byte* packets, uint packetBytes, out uint sent, ulong flags, DivertAddress* addresses,
        uint addressBytes, nint overlapped);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertShutdown", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Shutdown(WinDivertSafeHandle handle, uint how);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertSetParam", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetParameter(WinDivertSafeHandle handle, uint parameter, ulong value);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertGetParam", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetParameter(WinDivertSafeHandle handle, uint parameter, out ulong value);

    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    [LibraryImport(Library, EntryPoint = "WinDivertClose", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Close(nint handle);
}
