using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// The functions of libbpf 1.x in use. Pointers: null on failure with errno set. Integers: below 0 on failure with errno set.
/// </summary>
internal static unsafe partial class LibBpf
{
    private const string Library = "libbpf.so.1";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_object__open_mem(void* elf, nuint size, void* options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_object__load(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial void bpf_object__close(nint bpfObject);

    [LibraryImport(Library)]
    internal static partial nint bpf_object__next_program(nint bpfObject, nint previous);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial int bpf_object__find_map_fd_by_name(nint bpfObject, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint bpf_object__find_program_by_name(nint bpfObject, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial nint bpf_object__find_map_by_name(nint bpfObject, string name);

    [LibraryImport(Library)]
    internal static partial int bpf_map__set_autocreate(nint map, [MarshalAs(UnmanagedType.U1)] bool create);

    [LibraryImport(Library)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool load);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool bpf_program__autoload(nint program);

    [LibraryImport(Library)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_prog_attach(int program, int target, int attachType, uint flags);

    [LibraryImport(Library)]
    internal static partial nint bpf_program__name(nint program);

    [LibraryImport(Library)]
    internal static partial nint bpf_program__section_name(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach(nint program);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint bpf_program__attach_cgroup(nint program, int cgroup);

    [LibraryImport(Library)]
    internal static partial int bpf_link__destroy(nint link);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_update_elem(int map, void* key, void* value, ulong flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_lookup_elem(int map, void* key, void* value);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_delete_elem(int map, void* key);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bpf_map_get_next_key(int map, void* key, void* next);

    [LibraryImport(Library)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(Library)]
    internal static partial nint libbpf_set_print(delegate* unmanaged[Cdecl]<int, byte*, void*, int> print);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint ring_buffer__new(
        int map, delegate* unmanaged[Cdecl]<nint, void*, nuint, int> sample, nint context, void* options);

    [LibraryImport(Library)]
    internal static partial int ring_buffer__poll(nint ring, int timeoutMilliseconds);

    [LibraryImport(Library)]
    internal static partial int ring_buffer__consume(nint ring);

    [LibraryImport(Library)]
    internal static partial void ring_buffer__free(nint ring);
}
