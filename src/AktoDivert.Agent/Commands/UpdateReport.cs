namespace AktoDivert.Agent.Commands;

/// <summary>What <c>update-check</c> found.</summary>
/// <param name="Installed">Version of the program that was called.</param>
/// <param name="Running">Version of the agent that runs; empty when none answers.</param>
/// <param name="Ring">The device's update ring.</param>
/// <param name="Wanted">The version that the console wants here; empty when any will do.</param>
internal sealed record UpdateReport(string Installed, string Running, string Ring, string Wanted)
{
    /// <summary>Whether another version is to be installed.</summary>
    public bool Due => Wanted.Length > 0 && Wanted != Installed;
}
