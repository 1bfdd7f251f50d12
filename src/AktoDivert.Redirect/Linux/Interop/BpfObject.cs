using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// A loaded BPF object with its links. The links live in this process only (nothing is pinned), so they go with it however it ends.
/// Disposing detaches every program once no map operation is under way.
/// </summary>
internal sealed unsafe class BpfObject : SafeHandle
{
    private readonly List<nint> _links = [];

    private BpfObject(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    public override bool IsInvalid => handle == 0;

    internal static int Processors { get; } = LibBpf.libbpf_num_possible_cpus();

    /// <summary>Number of attached programs.</summary>
    internal int Attached => _links.Count;

    /// <summary>
    /// Loads an ELF image into the kernel; throws <see cref="BpfException"/>, with libbpf's words in <see cref="LibBpfLog"/>.
    /// </summary>
    internal static BpfObject Load(ReadOnlySpan<byte> elf)
    {
        LibBpfLog.Capture();
        nint opened;
        fixed (byte* image = elf)
        {
            opened = LibBpf.bpf_object__open_mem(image, (nuint)elf.Length, null);
        }

        if (opened == 0)
        {
            throw BpfException.Last("opening the BPF object");
        }

        var loaded = new BpfObject(opened);
        if (LibBpf.bpf_object__load(opened) != 0)
        {
            var failure = BpfException.Last("loading the BPF object");
            loaded.Dispose();
            throw failure;
        }

        return loaded;
    }

    internal BpfMap<TKey, TValue> Map<TKey, TValue>(string name)
        where TKey : unmanaged
        where TValue : unmanaged
    {
        var descriptor = LibBpf.bpf_object__find_map_fd_by_name(handle, name);
        return descriptor >= 0 ? new(this, descriptor, name) : throw BpfException.Last($"finding the BPF map {name}");
    }

    /// <summary>
    /// Attaches every program: the tracepoints to the kernel, all others to the cgroup. Throws <see cref="BpfException"/>.
    /// </summary>
    internal void Attach(SafeHandle cgroup)
    {
        for (var program = LibBpf.bpf_object__next_program(handle, 0);
            program != 0;
            program = LibBpf.bpf_object__next_program(handle, program))
        {
            var section = Marshal.PtrToStringUTF8(LibBpf.bpf_program__section_name(program));
            var link = section?.StartsWith("tp_btf/", StringComparison.Ordinal) == true
                ? LibBpf.bpf_program__attach(program)
                : LibBpf.bpf_program__attach_cgroup(program, (int)cgroup.DangerousGetHandle());
            if (link == 0)
            {
                throw BpfException.Last($"attaching the BPF program {Marshal.PtrToStringUTF8(LibBpf.bpf_program__name(program))}");
            }

            _links.Add(link);
        }
    }

    /// <summary>Keeps the object open while a call into it runs.</summary>
    internal Usage Use() => new(this);

    protected override bool ReleaseHandle()
    {
        foreach (var link in _links)
        {
            _ = LibBpf.bpf_link__destroy(link);
        }

        LibBpf.bpf_object__close(handle);
        return true;
    }

    internal readonly ref struct Usage
    {
        private readonly BpfObject _owner;

        internal Usage(BpfObject owner)
        {
            _owner = owner;
            var added = false;
            try
            {
                owner.DangerousAddRef(ref added);
            }
            catch (ObjectDisposedException)
            {
                // Closed a moment ago: the caller's answer is "not there".
            }

            IsOpen = added;
        }

        internal bool IsOpen { get; }

        public void Dispose()
        {
            if (IsOpen)
            {
                _owner.DangerousRelease();
            }
        }
    }
}
