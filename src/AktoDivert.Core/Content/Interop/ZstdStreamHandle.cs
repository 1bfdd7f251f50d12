using System.Runtime.InteropServices;

namespace AktoDivert.Core.Content.Interop;

/// <summary>Owns a <c>ZSTD_DStream</c>.</summary>
internal sealed class ZstdStreamHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ZstdNative.IsError(ZstdNative.FreeStream(handle)) == 0;
}
