using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Takes one record of a ring buffer; valid during the call.</summary>
internal delegate void EventSample(ReadOnlySpan<byte> sample);

/// <summary>What libbpf calls for each record of a ring buffer: no generic class can have such a method.</summary>
internal static unsafe class EventSamples
{
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    internal static int Deliver(nint context, void* sample, nuint size)
    {
        if (GCHandle.FromIntPtr(context).Target is EventSample take)
        {
            take(new ReadOnlySpan<byte>(sample, (int)size));
        }

        return 0;
    }
}
