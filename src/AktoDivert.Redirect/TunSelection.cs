namespace AktoDivert.Redirect;

/// <summary>Which connections the packet filter sends into the TUN device; with neither users nor control groups, all.</summary>
/// <param name="Users">Numeric user ids.</param>
/// <param name="ControlGroups">Paths of control groups below the root of cgroup2, such as <c>user.slice</c>.</param>
public sealed record TunSelection(IReadOnlyList<uint> Users, IReadOnlyList<string> ControlGroups)
{
    /// <summary>Every connection of this machine but the proxy's own.</summary>
    public static TunSelection Everything { get; } = new([], []);
}
