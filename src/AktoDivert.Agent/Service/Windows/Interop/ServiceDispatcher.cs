using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AktoDivert.Agent.Service.Windows.Interop;

/// <summary>This process as a service: talks with the service control manager for as long as the service runs.</summary>
/// <param name="onControl">Takes a control code and its event type on the control thread; returns whether it is known.</param>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ServiceDispatcher(Func<uint, uint, bool> onControl) : IDisposable
{
    // How long the manager waits for the next report before it takes the service for hung.
    private const uint WaitHintMilliseconds = 30_000;

    private readonly ManualResetEventSlim _finished = new();
    private readonly Lock _gate = new();
    private MainFunction? _main;
    private HandlerFunction? _handler;
    private nint _status;
    private uint _checkPoint;

    private delegate void MainFunction(uint count, nint arguments);

    private delegate uint HandlerFunction(uint control, uint eventType, nint eventData, nint context);

    /// <summary>
    /// Runs the service on this thread until <see cref="Finish"/>: <paramref name="onStart"/> is called once the manager knows us.
    /// </summary>
    /// <returns>0, or the error of StartServiceCtrlDispatcher: 1063 when the manager did not start this process.</returns>
    public int Run(Action onStart)
    {
        _main = (_, _) => Main(onStart);
        fixed (char* name = ServiceDefinition.Name)
        {
            var table = stackalloc ServiceNative.ServiceTableEntry[2];
            table[0] = new() { Name = name, Main = Marshal.GetFunctionPointerForDelegate(_main) };
            table[1] = default;
            return ServiceNative.StartDispatcher(table) ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Reports that the service runs.</summary>
    public void ReportRunning() => Report(ServiceNative.Running, 0);

    /// <summary>Reports that it is stopping; call again while that takes time.</summary>
    public void ReportStopping() => Report(ServiceNative.StopPending, 0);

    /// <summary>Reports that it has stopped and lets <see cref="Run"/> return.</summary>
    /// <param name="exitCode">0, or what went wrong: the manager then restarts the service as configured.</param>
    public void Finish(int exitCode)
    {
        Report(ServiceNative.Stopped, exitCode);
        _finished.Set();
    }

    /// <inheritdoc />
    public void Dispose() => _finished.Dispose();

    private void Main(Action onStart)
    {
        _handler = (control, eventType, _, _) => Handle(control, eventType);
        _status = ServiceNative.RegisterControlHandler(ServiceDefinition.Name, Marshal.GetFunctionPointerForDelegate(_handler), 0);
        Report(ServiceNative.StartPending, 0);
        onStart();
        _finished.Wait();
    }

    private uint Handle(uint control, uint eventType)
    {
        const uint Interrogate = 4;
        return control == Interrogate || onControl(control, eventType) ? 0 : (uint)ServiceNative.ErrorCallNotImplemented;
    }

    private void Report(uint state, int exitCode)
    {
        lock (_gate)
        {
            if (_status == 0)
            {
                return;
            }

            var pending = state is ServiceNative.StartPending or ServiceNative.StopPending;
            var accepts = state == ServiceNative.Running
                ? ServiceNative.AcceptStop | ServiceNative.AcceptShutdown | ServiceNative.AcceptPreshutdown | ServiceNative.AcceptPowerEvent
                : 0;
            ServiceNative.SetServiceStatus(_status, new ServiceNative.ServiceStatus
            {
                Type = ServiceNative.Win32OwnProcess,
                State = state,
                Accepts = accepts,
                Win32ExitCode = exitCode == 0 ? 0 : ServiceNative.ErrorServiceSpecific,
                SpecificExitCode = exitCode,
                CheckPoint = pending ? ++_checkPoint : 0,
                WaitHint = pending ? WaitHintMilliseconds : 0,
            });
        }
    }
}
