namespace AktoDivert.Console.Settings;

/// <summary>An update ring as people write it.</summary>
/// <param name="Name">1 to 50 characters, unique in any case.</param>
/// <param name="Tag">Tag of the devices that it takes; empty for the last ring alone, which takes every device that no other does.</param>
/// <param name="Version">The version that they are to run, as agents say their own: <c>1.2.0</c>; empty when any will do.</param>
internal sealed record UpdateRing(string Name, string Tag = "", string Version = "");
