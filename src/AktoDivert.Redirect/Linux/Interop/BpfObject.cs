using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// A loaded BPF object with its links. The links live in this process only (nothing is pinned), so they go with it however it ends.
/// Disposing detaches every program once no map operation is under way.
/// </summary>
internal sealed unsafe class BpfObject : SafeHandle
{
    // enum bpf_attach_type of linux/bpf.h.
    private const int MessageVerdict = 7;

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
    /// <param name="elf">The image.</param>
    /// <param name="without">Programs and maps that are not wanted; no program that is left may touch such a map.</param>
    internal static BpfObject Load(ReadOnlySpan<byte> elf, params ReadOnlySpan<string> without)
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
        foreach (var name in without)
        {
            LeaveOut(opened, name);
        }

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

    private static void LeaveOut(nint opened, string name)
    {
        if (LibBpf.bpf_object__find_program_by_name(opened, name) is var program and not 0)
        {
            _ = LibBpf.bpf_program__set_autoload(program, false);
        }
        else if (LibBpf.bpf_object__find_map_by_name(opened, name) is var map and not 0)
        {
            _ = LibBpf.bpf_map__set_autocreate(map, false);
        }
    }

    /// <summary>
    /// Attaches every loaded program but those of sockets' messages: the tracepoints to the kernel, all others to the cgroup. Throws <see cref="BpfException"/>.
    /// </summary>
    internal void Attach(SafeHandle cgroup)
    {
        for (var program = LibBpf.bpf_object__next_program(handle, 0);
            program != 0;
            program = LibBpf.bpf_object__next_program(handle, program))
        {
            var section = Marshal.PtrToStringUTF8(LibBpf.bpf_program__section_name(program));
            if (section == "sk_msg" || !LibBpf.bpf_program__autoload(program))
            {
                continue;
            }

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

    /// <summary>Lets a program judge what the sockets of a map send. Throws <see cref="BpfException"/>.</summary>
    internal void AttachToMessages(string program, string sockets)
    {
        var map = LibBpf.bpf_object__find_map_fd_by_name(handle, sockets);
        var found = LibBpf.bpf_object__find_program_by_name(handle, program);
        if (found == 0 || LibBpf.bpf_prog_attach(LibBpf.bpf_program__fd(found), map, MessageVerdict, 0) != 0)
        {
            throw BpfException.Last($"attaching the BPF program {program} to the sockets of {sockets}");
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
