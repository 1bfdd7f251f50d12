namespace AktoDivert.Console.Inventory;

/// <summary>An AI endpoint over all devices.</summary>
/// <param name="Host">Host and, unless 443, port.</param>
/// <param name="PathFamily">The path without what is particular to one call.</param>
/// <param name="Provider">Who runs the model; empty when unknown.</param>
/// <param name="Models">Models named.</param>
/// <param name="Apps">Apps that call it.</param>
/// <param name="Users">Users whose apps call it.</param>
/// <param name="Devices">How many devices.</param>
/// <param name="Calls">How many calls.</param>
/// <param name="Bytes">Bytes of those, both ways.</param>
/// <param name="Findings">Findings in those: more than none means sensitive data went there.</param>
/// <param name="FirstMs">Unix milliseconds.</param>
/// <param name="LastMs">Unix milliseconds.</param>
internal sealed record EndpointEntry(
    string Host, string PathFamily, string Provider, IReadOnlyList<string> Models, IReadOnlyList<string> Apps, IReadOnlyList<string> Users, int Devices,
    long Calls, long Bytes, long Findings, long FirstMs, long LastMs);
