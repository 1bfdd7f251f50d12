using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Policy;

/// <summary>One state of the policy: its parts belong together.</summary>
/// <param name="Settings">Patterns, domains and scope.</param>
/// <param name="Apps">Every app known, redirected or not.</param>
/// <param name="Selection">The processes redirected.</param>
internal sealed record PolicyInForce(PolicySettings Settings, IReadOnlyList<LayeredApp> Apps, ProcessSelection Selection);
