using AktoDivert.Core.Processes;
using AktoDivert.Redirect;

namespace AktoDivert.Agent.Configuration;

/// <summary><c>redirect</c>: which flows are brought to the proxy.</summary>
internal sealed record RedirectSection
{
    /// <summary>Redirect the apps of the allow-list only, or every process.</summary>
    public RedirectScope Scope { get; init; } = RedirectScope.AllowList;

    /// <summary>Destination TCP ports, 1 to 16 of them.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [443];

    /// <summary>Refuse UDP to these ports for selected processes, so that they fall back from QUIC to TCP.</summary>
    public bool DenyQuic { get; init; } = true;

    /// <summary>
    /// Let connections go direct to destinations where nothing is intercepted, held to the policy by the kernel. Only the eBPF engine can.
    /// Off by default: an app may see a connection reset now and then (ADR 0014).
    /// </summary>
    public bool Direct { get; init; }

    /// <summary>
    /// After this time without a sign of life from the proxy new connections go direct. 1 to 60 s. The default forgives one beat that a busy
    /// machine delays, and still lets go of a stopped agent within 3 s.
    /// </summary>
    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromSeconds(2.5);

    /// <summary>The engine; null leaves every connection alone (<c>none</c>).</summary>
    public RedirectEngine? Engine { get; init; } = RedirectEngine.Auto;

    /// <summary>Users whose connections the TUN engine is given; with no control groups either, everyone's.</summary>
    public IReadOnlyList<uint> TunUsers { get; init; } = [];

    /// <summary>Control groups whose connections the TUN engine is given.</summary>
    public IReadOnlyList<string> TunControlGroups { get; init; } = [];

    /// <summary>Whether to redirect at all.</summary>
    public bool Enabled => Engine is not null;
}
