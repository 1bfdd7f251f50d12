using AktoDivert.Core.Flows;

namespace AktoDivert.Redirect;

/// <summary>Checks what a redirect engine is asked for.</summary>
internal static class RedirectTargets
{
    /// <summary>Throws <see cref="ArgumentException"/> for a value outside its range.</summary>
    internal static void Validate(RedirectTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.PortV4, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.PortV4, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(target.PortV6);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.PortV6, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.HeartbeatTimeout, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.HeartbeatTimeout, TimeSpan.FromSeconds(60));
        if (target.Ports.Count is < 1 or > 16 || target.Ports.Any(port => port is < 1 or > ushort.MaxValue))
        {
            throw new ArgumentException("1 to 16 destination ports of 1 to 65535 are needed", nameof(target));
        }
    }
}
