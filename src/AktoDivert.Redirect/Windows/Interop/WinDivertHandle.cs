using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Windows.Interop;

/// <summary>
/// An open WinDivert handle. Calls are synchronous: a dedicated thread waits in <see cref="Receive"/>, and <see cref="Shutdown"/> wakes it.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WinDivertHandle(WinDivertSafeHandle handle) : IDivertHandle
{
    /// <inheritdoc />
    public DivertError Receive(PacketBatch batch)
    {
        batch.Clear();
        var addressBytes = (uint)(batch.Addresses.Length * Unsafe.SizeOf<DivertAddress>());
        fixed (byte* packets = batch.Buffer)
        fixed (DivertAddress* addresses = batch.Addresses)
        {
            try
            {
                if (!WinDivertNative.ReceiveEx(handle, packets, (uint)batch.Buffer.Length, out var received, 0, addresses, ref addressBytes, 0))
                {
                    return LastError();
                }

                batch.Filled(received, addressBytes / (uint)Unsafe.SizeOf<DivertAddress>());
                return DivertError.None;
            }
            catch (ObjectDisposedException)
            {
                return DivertError.OperationAborted;
            }
        }
    }

    /// <inheritdoc />
    public DivertError Send(PacketBatch batch)
    {
        if (batch.Count == 0)
        {
            return DivertError.None;
        }

        var addressBytes = (uint)(batch.Count * Unsafe.SizeOf<DivertAddress>());
        fixed (byte* packets = batch.Buffer)
        fixed (DivertAddress* addresses = batch.Addresses)
        {
            try
            {
                return WinDivertNative.SendEx(handle, packets, (uint)batch.Length, out _, 0, addresses, addressBytes, 0) ? DivertError.None : LastError();
            }
            catch (ObjectDisposedException)
            {
                return DivertError.OperationAborted;
            }
        }
    }

    /// <inheritdoc />
    public DivertError Shutdown(DivertShutdown how) => Call(() => WinDivertNative.Shutdown(handle, (uint)how));

    /// <inheritdoc />
    public DivertError SetParameter(DivertParameter parameter, ulong value) =>
        Call(() => WinDivertNative.SetParameter(handle, (uint)parameter, value));

    /// <inheritdoc />
    public DivertError GetParameter(DivertParameter parameter, out ulong value)
    {
        value = 0;
        try
        {
            return WinDivertNative.GetParameter(handle, (uint)parameter, out value) ? DivertError.None : LastError();
        }
        catch (ObjectDisposedException)
        {
            return DivertError.OperationAborted;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // A thread that waits in the driver keeps the handle open until it returns; the shutdown lets it.
        if (!handle.IsClosed)
        {
            _ = Shutdown(DivertShutdown.Both);
        }

        handle.Dispose();
    }

    /// <summary>The error of the call before, never success.</summary>
    internal static DivertError LastError()
    {
        // Some paths of the library fail without an error code.
        const int GeneralFailure = 31;
        var code = Marshal.GetLastPInvokeError();
        return new DivertError(code == 0 ? GeneralFailure : code);
    }

    private static DivertError Call(Func<bool> call)
    {
        try
        {
            return call() ? DivertError.None : LastError();
        }
        catch (ObjectDisposedException)
        {
            return DivertError.OperationAborted;
        }
    }
}
