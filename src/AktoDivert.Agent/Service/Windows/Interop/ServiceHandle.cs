using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace AktoDivert.Agent.Service.Windows.Interop;

/// <summary>A handle of the service control manager, or of a service in it.</summary>
[SupportedOSPlatform("windows")]
internal sealed partial class ServiceHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle() => CloseServiceHandle(handle);

    [LibraryImport("advapi32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseServiceHandle(nint handle);
}
