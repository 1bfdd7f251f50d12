namespace AktoDivert.Redirect;

/// <summary>Which redirect engine to use.</summary>
public enum RedirectEngine
{
    /// <summary>eBPF on Linux, WinDivert on Windows.</summary>
    Auto,

    /// <summary>eBPF at connect time (Linux).</summary>
    Ebpf,

    /// <summary>A TUN device (Linux): works without BPF, and costs a copy of each packet.</summary>
    Tun,
}
