using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>
/// Keeps the last warnings of libbpf: only they say why the kernel refused a program. Nothing goes to the standard error.
/// </summary>
internal static unsafe class LibBpfLog
{
    private const int WarningLevel = 0;
    private const int LinesKept = 6;
    private const int LongestLine = 1024;
    private static readonly Queue<string> _lines = new();
    private static readonly Lock _gate = new();

    /// <summary>Starts to capture, and forgets older lines.</summary>
    internal static void Capture()
    {
        lock (_gate)
        {
            _lines.Clear();
        }

        _ = LibBpf.libbpf_set_print(&Print);
    }

    /// <summary>The last lines, oldest first, on one line.</summary>
    internal static string Read()
    {
        lock (_gate)
        {
            return string.Join("; ", _lines);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Print(int level, byte* format, void* arguments)
    {
        if (level != WarningLevel)
        {
            return 0;
        }

        var buffer = stackalloc byte[LongestLine];
        var length = LibC.vsnprintf(buffer, LongestLine, format, arguments);
        var text = Encoding.UTF8.GetString(buffer, Math.Clamp(length, 0, LongestLine - 1)).Trim();

        // A refused program comes with the verifier's whole log in one message; its last line says what was wrong.
        var last = text[(text.LastIndexOf('\n') + 1)..];
        lock (_gate)
        {
            _lines.Enqueue(last);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }

        return 0;
    }
}
