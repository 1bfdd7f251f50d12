using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Reads the exec events of the kernel on a thread of its own, and decides each process there.</summary>
internal sealed unsafe class ExecEventRing : IDisposable
{
    private const int PollMilliseconds = 250;
    private readonly Action<int> _decide;
    private readonly List<int> _pending = [];
    private readonly Thread _thread;
    private readonly nint _ring;
    private GCHandle _self;
    private volatile bool _stopping;

    /// <summary>Starts to read; throws <see cref="BpfException"/>.</summary>
    internal ExecEventRing(int mapDescriptor, Action<int> decide)
    {
        _decide = decide;
        _self = GCHandle.Alloc(this);
        _ring = LibBpf.ring_buffer__new(mapDescriptor, &Sample, GCHandle.ToIntPtr(_self), null);
        if (_ring == 0)
        {
            var failure = BpfException.Last("opening the ring buffer of exec events");
            _self.Free();
            throw failure;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "exec events" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        LibBpf.ring_buffer__free(_ring);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sample(nint context, void* sample, nuint size)
    {
        if (size >= sizeof(uint) && GCHandle.FromIntPtr(context).Target is ExecEventRing ring)
        {
            ring._pending.Add((int)*(uint*)sample);
        }

        return 0;
    }

    private void Run()
    {
        while (!_stopping)
        {
            _ = LibBpf.ring_buffer__poll(_ring, PollMilliseconds);
            foreach (var pid in _pending)
            {
                _decide(pid);
            }

            _pending.Clear();
        }
    }
}
