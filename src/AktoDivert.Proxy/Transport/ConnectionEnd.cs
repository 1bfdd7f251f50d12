using AktoDivert.Core.Diagnostics;

namespace AktoDivert.Proxy.Transport;

/// <summary>Why a connection ended, with the detail shown to a person.</summary>
internal readonly record struct ConnectionEnd(ConnectionEndReason Reason, string? Detail = null);
