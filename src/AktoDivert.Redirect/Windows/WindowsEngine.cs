using System.Runtime.Versioning;
using AktoDivert.Core.Flows;
using AktoDivert.Redirect.Engine;
using AktoDivert.Redirect.Windows.Interop;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Redirect.Windows;

/// <summary>Puts the engine for Windows together.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsEngine
{
    /// <summary>The packet engine on WinDivert, behind its self test.</summary>
    public static IFlowRedirector Create(ILoggerFactory loggers, TimeProvider time)
    {
        var driver = new WinDivertDriver(new WinDivertLibrary(AppContext.BaseDirectory), LoadedDriver.Path);
        var processes = new WindowsProcessResolver(new PublisherCache(WinTrust.SignerOf));
        var with = new EngineEnvironment(driver, processes, new WindowsConnectionTable(), new EngineOptions(), new EngineThreads(), time);
        return new SelfTestedRedirector(
            new WinDivertRedirector(with, loggers.CreateLogger<WinDivertRedirector>()),
            new ProbeProcess(),
            FirewallPolicy.Explain,
            loggers.CreateLogger<SelfTestedRedirector>());
    }
}
