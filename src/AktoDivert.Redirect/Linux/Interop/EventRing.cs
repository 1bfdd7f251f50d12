using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>Reads the records of a ring buffer of the kernel on a thread of its own, and handles each there.</summary>
/// <typeparam name="T">The record.</typeparam>
internal sealed unsafe class EventRing<T> : IDisposable
    where T : unmanaged
{
    private const int PollMilliseconds = 250;
    private readonly Action<T> _handle;
    private readonly List<T> _pending = [];
    private readonly Thread _thread;
    private readonly nint _ring;
    private GCHandle _samples;
    private volatile bool _stopping;

    /// <summary>Starts to read; throws <see cref="BpfException"/>.</summary>
    internal EventRing(int mapDescriptor, string name, Action<T> handle)
    {
        _handle = handle;
        _samples = GCHandle.Alloc((EventSample)Take);
        _ring = LibBpf.ring_buffer__new(mapDescriptor, &EventSamples.Deliver, GCHandle.ToIntPtr(_samples), null);
        if (_ring == 0)
        {
            var failure = BpfException.Last($"opening the ring buffer of {name}");
            _samples.Free();
            throw failure;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        LibBpf.ring_buffer__free(_ring);
        _samples.Free();
    }

    private void Take(ReadOnlySpan<byte> sample)
    {
        if (sample.Length >= sizeof(T))
        {
            _pending.Add(Unsafe.ReadUnaligned<T>(in sample[0]));
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            // What came without a wake-up is taken too. Handled after the calls: nothing may be thrown through the library.
            _ = LibBpf.ring_buffer__poll(_ring, PollMilliseconds);
            _ = LibBpf.ring_buffer__consume(_ring);
            foreach (var record in _pending)
            {
                _handle(record);
            }

            _pending.Clear();
        }
    }
}
