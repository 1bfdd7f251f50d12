using AktoDivert.Console.Calls;

namespace AktoDivert.Console.Traffic;

/// <summary>Tells of flows.</summary>
internal sealed class FlowFeed : ArrivalFeed;
