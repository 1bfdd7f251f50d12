using System.Runtime.InteropServices;

namespace AktoDivert.Benchmarks.Interop;

/// <summary>Callgrind's client requests (valgrind manual, section 6.5), by way of a few lines of C that instructions.sh compiles.</summary>
internal static partial class Callgrind
{
    /// <summary>Sets the counters to zero.</summary>
    [LibraryImport("callgrind-requests", EntryPoint = "zero_stats")]
    public static partial void Zero();

    /// <summary>Writes the counters to the next dump file, and sets them to zero.</summary>
    [LibraryImport("callgrind-requests", EntryPoint = "dump_stats")]
    public static partial void Dump();
}
