using AktoDivert.Redirect.Flows;

namespace AktoDivert.Redirect.Engine;

/// <summary>Times and limits of the packet engine.</summary>
internal sealed record EngineOptions
{
    /// <summary>Default source ports of the proxy's own connections: below the dynamic range of Windows, which starts at 49,152.</summary>
    public static readonly (ushort First, ushort Last) DefaultOwnPorts = (40_000, 44_095);

    /// <summary>Limits of the flow table.</summary>
    public FlowTableOptions Flows { get; init; } = new() { OwnPorts = DefaultOwnPorts };

    /// <summary>Buffer of the data handle: what one receive can bring.</summary>
    public int DataBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>How long the data handle stays open after the last redirected flow ended.</summary>
    public TimeSpan DataHandleLinger { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long redirected flows may go on when the engine stops.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A packet loop that makes no headway for this long is taken for hung; with <see cref="WatchdogPeriod"/> within 2 s.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>How often the watchdog looks.</summary>
    public TimeSpan WatchdogPeriod { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often held SYNs are looked after.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Average wait in the driver's queue that is worth a warning.</summary>
    public TimeSpan WaitWarning { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Average wait that, lasting for <see cref="OverloadLimit"/>, ends redirecting for a while.</summary>
    public TimeSpan WaitOverload { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an overload may last.</summary>
    public TimeSpan OverloadLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long everything goes direct after an overload or a stall.</summary>
    public TimeSpan RecoveryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>First and longest pause before the driver is opened again.</summary>
    public (TimeSpan First, TimeSpan Longest) Backoff { get; init; } = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>After so many failures in a row the engine gives up until it is started again.</summary>
    public int MaxFailures { get; init; } = 5;

    /// <summary>How long packets of a QUIC flow that was up before its process was blocked are dropped.</summary>
    public TimeSpan QuicDropTime { get; init; } = TimeSpan.FromSeconds(60);
}
