using System.Net;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect;

/// <summary>What the redirect engines log: event ids 1000 to 1999.</summary>
internal static partial class RedirectLog
{
    [LoggerMessage(
        1000, LogLevel.Information, "Redirecting to listener ports {PortV4} (IPv4) and {PortV6} (IPv6): {Programs} programs on {Cgroup}")]
    public static partial void Attached(ILogger logger, int portV4, int portV6, int programs, string cgroup);

    [LoggerMessage(1001, LogLevel.Warning, "Not redirecting, all connections go direct: {Reason}. {Fix}")]
    public static partial void Unavailable(ILogger logger, string reason, string fix);

    [LoggerMessage(1002, LogLevel.Information, "Redirect ended")]
    public static partial void Detached(ILogger logger);

    [LoggerMessage(1003, LogLevel.Information, "{Selected} running processes are selected, scope {Scope}")]
    public static partial void Scanned(ILogger logger, int selected, string scope);

    [LoggerMessage(1004, LogLevel.Debug, "Process {Pid} ({Name}) selected by {Selector}")]
    public static partial void Selected(ILogger logger, int pid, string name, string selector);

    [LoggerMessage(1005, LogLevel.Warning,
        "The kernel refused an entry of the {Map} map: some processes are decided only when they connect, or go direct")]
    public static partial void MapFull(ILogger logger, string map);

    [LoggerMessage(1006, LogLevel.Warning, "Connections to hosts that are not intercepted stay redirected: {Reason}")]
    public static partial void NoDirectRoutes(ILogger logger, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "A connection to {Destination} that may not go direct sends nothing, and could not be reset (error {Error})")]
    public static partial void NotDestroyed(ILogger logger, IPEndPoint destination, int error);

    [LoggerMessage(1010, LogLevel.Information, "Redirecting by {Driver} to listener ports {PortV4} (IPv4) and {PortV6} (IPv6)")]
    public static partial void Diverting(ILogger logger, string driver, int portV4, int portV6);

    [LoggerMessage(1011, LogLevel.Warning, "Packets wait {Milliseconds} ms in the driver: this machine is busy, and connections may be slow")]
    public static partial void Slow(ILogger logger, int milliseconds);
}
