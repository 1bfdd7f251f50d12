using System.Net;
using AktoDivert.Core.Processes;

namespace AktoDivert.Core.Flows;

/// <summary>A connection that a redirect engine handed to the local listener, as the kernel saw it before the redirect.</summary>
/// <param name="Id">Unique while the agent runs: the socket cookie on Linux, a generation number on Windows.</param>
/// <param name="Destination">The address and port the app asked for. A v4-mapped IPv6 address is given as IPv4.</param>
/// <param name="Process">The process that called connect.</param>
/// <param name="Selected">
/// False for a process that was redirected only because its selection was not decided yet, and then turned out not to be meant:
/// the flow has to be tunnelled untouched.
/// </param>
public sealed record RedirectedFlow(ulong Id, IPEndPoint Destination, ProcessIdentity Process, bool Selected = true);
