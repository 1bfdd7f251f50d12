using AktoDivert.Tests.Shared;

namespace AktoDivert.Tests;

/// <summary>A test that changes the machine, which only a Wine prefix is thrown away for.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class UnderWineAttribute : ConditionBaseAttribute
{
    public UnderWineAttribute()
        : base(ConditionMode.Include) => IgnoreMessage = "it changes the machine's registry: runs under Wine, by ./test.sh --windows";

    /// <inheritdoc />
    public override string GroupName => nameof(UnderWineAttribute);

    /// <inheritdoc />
    public override bool IsConditionMet => Wine.IsHost;
}
