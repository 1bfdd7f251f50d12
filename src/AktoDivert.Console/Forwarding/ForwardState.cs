namespace AktoDivert.Console.Forwarding;

/// <summary>How forwarding to a target goes.</summary>
/// <param name="Name">Name of the target.</param>
/// <param name="Address">Where it is; null when it is no longer configured, and kept in mind for what it lost and its place.</param>
/// <param name="Waiting">Calls that it has still to get, counted up to <see cref="ForwardStates.MostCounted"/>.</param>
/// <param name="Lost">Calls that it never gets: refused for good, or past their retention before it took them.</param>
/// <param name="ForwardedMs">Unix milliseconds when it took calls last; 0 before the first.</param>
/// <param name="LastError">Why it takes none now; empty when it does.</param>
internal sealed record ForwardState(string Name, Uri? Address, int Waiting, long Lost, long ForwardedMs, string LastError);
