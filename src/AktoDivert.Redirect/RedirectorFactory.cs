using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Linux;
using AktoDivert.Redirect.Linux.Tun;
using AktoDivert.Redirect.Windows;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect;

/// <summary>Chooses the redirect engine of this platform.</summary>
public static class RedirectorFactory
{
    /// <summary>The best engine of the running system, for every connection.</summary>
    public static IFlowRedirector Create(ILoggerFactory loggers, TimeProvider time) =>
        Create(RedirectEngine.Auto, TunSelection.Everything, loggers, time);

    /// <summary>An engine. Never fails: where there is none, the engine returned says so by its health.</summary>
    /// <param name="engine">Which one; on Linux <see cref="RedirectEngine.Auto"/> means BPF.</param>
    /// <param name="tun">Which connections the TUN engine is given.</param>
    /// <param name="loggers">Makes the logger; event ids are 1000 to 1999.</param>
    /// <param name="time">The clock.</param>
    public static IFlowRedirector Create(RedirectEngine engine, TunSelection tun, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(tun);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(time);
        if (!OperatingSystem.IsLinux())
        {
            return OperatingSystem.IsWindows() ? WindowsEngine.Create(loggers, time) : new UnsupportedRedirector();
        }

        // TUN is never taken by itself: a stopped agent holds up what goes through a device, where BPF fails open.
        return engine == RedirectEngine.Tun
            ? new TunRedirector(tun, TunSession.Options, loggers.CreateLogger<TunRedirector>(), time)
            : new BpfRedirector(loggers.CreateLogger<BpfRedirector>(), time);
    }
}
