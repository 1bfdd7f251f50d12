using AktoDivert.Redirect.Divert;
using AktoDivert.Redirect.Processes;

namespace AktoDivert.Redirect.Engine;

/// <summary>What the engine stands on.</summary>
/// <param name="Driver">Packets.</param>
/// <param name="Processes">Processes.</param>
/// <param name="Connections">Owners of connections.</param>
/// <param name="Options">Times and limits.</param>
/// <param name="Threads">Runs its loops.</param>
/// <param name="Time">The clock of the driver's timestamps.</param>
internal sealed record EngineEnvironment(
    IDivertDriver Driver,
    IProcessResolver Processes,
    IConnectionTable Connections,
    EngineOptions Options,
    IEngineThreads Threads,
    TimeProvider Time);
