using AktoDivert.Redirect.Divert;

namespace AktoDivert.Redirect.Engine;

/// <summary>Why a session cannot go on.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Fix">What to do about it.</param>
/// <param name="IsFailure">Whether it counts as a failure of the driver: several in a row end all attempts.</param>
/// <param name="IsFatal">Whether another attempt cannot help.</param>
internal sealed record SessionEnd(string Reason, string Fix, bool IsFailure, bool IsFatal)
{
    /// <summary>Packets waited for too long in the driver.</summary>
    public static readonly SessionEnd Overloaded = new(
        "this machine could not keep up with its packets, so connections go direct for a while",
        "look for what takes the processor's time; reduce the apps that are redirected", false, false);

    /// <summary>A packet loop hung.</summary>
    public static readonly SessionEnd Stalled = new(
        "a packet loop of the agent hung, so its handles were closed", "report this with the agent's log", false, false);

    /// <summary>The driver answered with an error.</summary>
    public static SessionEnd From(DivertError error) => new(error.Reason, error.Fix, true, error.IsFatal);

    /// <summary>A driver of another version is loaded.</summary>
    public static SessionEnd WrongVersion(ulong major, ulong minor) => new(
        $"the WinDivert driver that is loaded has version {major}.{minor}, and the agent needs 2.2",
        "update or remove the other program that uses WinDivert, then restart the computer", true, true);
}
