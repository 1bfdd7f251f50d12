using System.Runtime.InteropServices;

namespace AktoDivert.Redirect.Linux.Interop;

/// <summary>A BPF operation that the kernel or libbpf refused.</summary>
/// <param name="operation">What was tried.</param>
/// <param name="errno">The error number of the system.</param>
internal sealed class BpfException(string operation, int errno) : Exception($"{operation}: {Marshal.GetPInvokeErrorMessage(errno)}")
{
    /// <summary>The error number of the system (errno).</summary>
    internal int Errno { get; } = errno;

    internal static BpfException Last(string operation) => new(operation, Marshal.GetLastPInvokeError());
}
