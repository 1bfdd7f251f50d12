namespace AktoDivert.Console.Calls;

/// <summary>Tells of calls.</summary>
internal sealed class CallFeed : ArrivalFeed;
