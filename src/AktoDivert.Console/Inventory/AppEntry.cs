using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Inventory;

/// <summary>An AI app over all devices.</summary>
/// <param name="App">Catalogue id, or process name.</param>
/// <param name="Processes">Executable file names.</param>
/// <param name="Versions">Versions seen.</param>
/// <param name="Publisher">By signature or package; empty when unknown.</param>
/// <param name="Devices">How many devices it was seen on.</param>
/// <param name="Users">How many users.</param>
/// <param name="Calls">How many calls it made.</param>
/// <param name="Bytes">Bytes of those, both ways.</param>
/// <param name="Tokens">Tokens of those, both ways.</param>
/// <param name="Findings">Findings in those.</param>
/// <param name="FirstMs">Unix milliseconds.</param>
/// <param name="LastMs">Unix milliseconds.</param>
/// <param name="Decision">What was decided about it; null when nothing.</param>
internal sealed record AppEntry(
    string App, IReadOnlyList<string> Processes, IReadOnlyList<string> Versions, string Publisher, int Devices, int Users, long Calls, long Bytes,
    long Tokens, long Findings, long FirstMs, long LastMs, AppRow? Decision);
