using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests;

/// <summary>Leaves out, by name and with its reason, what Wine cannot show. On Windows and Linux the test runs.</summary>
/// <param name="reason">What Wine lacks.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NotUnderWineAttribute : ConditionBaseAttribute
{
    /// <summary>Wine 10's bcrypt and ncrypt have no elliptic curves.</summary>
    public const string NoEllipticCurves = "Wine makes and reads no ECDSA keys";

    /// <summary>Files have no access list of their own there; see docs/windows-verification.md.</summary>
    public const string NoAccessLists = "Wine keeps no access lists of files";

    public NotUnderWineAttribute(string reason)
        : base(ConditionMode.Include) => IgnoreMessage = $"under Wine: {reason}";

    /// <inheritdoc />
    public override string GroupName => nameof(NotUnderWineAttribute);

    /// <inheritdoc />
    public override bool IsConditionMet => !Wine.IsHost;
}
