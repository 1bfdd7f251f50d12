using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>A handle of WinDivertOpen, which fails with -1 on some paths and with 0 on others.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WinDivertSafeHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc />
    protected override bool ReleaseHandle() => WinDivertNative.Close(handle);
}
