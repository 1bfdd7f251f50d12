using System.Net;
using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Policy;

/// <summary>What a decision is made from.</summary>
/// <param name="Process">The process that opened the connection.</param>
/// <param name="Host">SNI in lower case without a trailing dot; null when there was none.</param>
/// <param name="Destination">The original destination.</param>
public readonly record struct FlowFacts(ProcessIdentity Process, string? Host, IPEndPoint Destination);
