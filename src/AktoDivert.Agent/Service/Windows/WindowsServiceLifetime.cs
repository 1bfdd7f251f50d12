using System.ComponentModel;
using System.Runtime.Versioning;
using AktoDivert.Agent.Service.Windows.Interop;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Service.Windows;

/// <summary>
/// Ties the host to the service control manager: the host starts once the manager has called, is reported as running when it has started, and
/// stops on stop, shutdown and preshutdown; <see cref="StopCause"/> hears which. Sleep and waking go to <see cref="PowerEvents"/>.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class WindowsServiceLifetime : IHostLifetime, IDisposable
{
    private const int ErrorNotAService = 1063;

    private readonly IHostApplicationLifetime _application;
    private readonly PowerEvents _power;
    private readonly StopCause _cause;
    private readonly ILogger _logger;
    private readonly ServiceDispatcher _dispatcher;
    private readonly TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly CancellationTokenRegistration _whenStarted;
    private readonly CancellationTokenRegistration _whenStopping;

    /// <summary>Makes the lifetime; the manager is spoken to from <see cref="WaitForStartAsync"/> on.</summary>
    public WindowsServiceLifetime(IHostApplicationLifetime application, PowerEvents power, StopCause cause, ILogger<WindowsServiceLifetime> logger)
    {
        (_application, _power, _cause, _logger) = (application, power, cause, logger);
        _dispatcher = new ServiceDispatcher(OnControl);
        _thread = new Thread(Dispatch) { IsBackground = true, Name = "service control" };
        _whenStarted = application.ApplicationStarted.Register(OnStarted);
        _whenStopping = application.ApplicationStopping.Register(_dispatcher.ReportStopping);
    }

    /// <inheritdoc />
    /// <exception cref="Win32Exception">The service control manager did not start this process.</exception>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _thread.Start();
        return _called.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopped(_logger);
        _dispatcher.Finish(Environment.ExitCode);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _whenStarted.Dispose();
        _whenStopping.Dispose();

        // A host that failed to start never calls StopAsync: the manager must hear of the end, and the thread must not hold the process.
        _dispatcher.Finish(Environment.ExitCode);
        if (_thread.IsAlive)
        {
            _thread.Join(TimeSpan.FromSeconds(2));
        }

        _dispatcher.Dispose();
    }

    private void Dispatch()
    {
        var error = _dispatcher.Run(_called.SetResult);
        if (error != 0)
        {
            _called.TrySetException(new Win32Exception(error, error == ErrorNotAService
                ? "run --service is what the service control manager calls; start the agent with: aktodivert service start"
                : new Win32Exception(error).Message));
        }
    }

    private void OnStarted()
    {
        _dispatcher.ReportRunning();
        LogStarted(_logger, Environment.ProcessId);
    }

    private bool OnControl(uint control, uint eventType)
    {
        switch (control)
        {
            case ServiceNative.ControlStop or ServiceNative.ControlShutdown or ServiceNative.ControlPreshutdown:
                LogStopping(_logger, control);
                _cause.MachineGoesDown |= control != ServiceNative.ControlStop;
                _dispatcher.ReportStopping();
                _application.StopApplication();
                return true;
            case ServiceNative.ControlPowerEvent:
                _power.Take(eventType);
                return true;
            default:
                return false;
        }
    }

    [LoggerMessage(4100, LogLevel.Information, "service running, process {Pid}")]
    private static partial void LogStarted(ILogger logger, int pid);

    [LoggerMessage(4101, LogLevel.Information, "service stopping on control {Control} (1 stop, 5 shutdown, 15 preshutdown)")]
    private static partial void LogStopping(ILogger logger, uint control);

    [LoggerMessage(4102, LogLevel.Information, "service stopped")]
    private static partial void LogStopped(ILogger logger);
}
