namespace AktoDivert.Redirect.Flows;

/// <summary>A held SYN whose flow is decided now: to be reflected or passed on.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Packet">The SYN as it came.</param>
/// <param name="Action">What to do with it.</param>
internal readonly record struct ReleasedSyn(FlowEntry Flow, byte[] Packet, FlowAction Action);
