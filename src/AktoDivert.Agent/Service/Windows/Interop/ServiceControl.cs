using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AktoDivert.Agent.Service.Windows.Interop;

/// <summary>The service database of this machine. Members throw <see cref="Win32Exception"/> with the system's message.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class ServiceControl : IDisposable
{
    private const int ErrorServiceDoesNotExist = 1060;
    private const int ErrorServiceAlreadyRunning = 1056;
    private const int ErrorServiceNotActive = 1062;
    private const int ErrorServiceMarkedForDelete = 1072;
    private const int ErrorInvalidLevel = 124;

    private readonly ServiceHandle _manager;

    /// <summary>Opens the database.</summary>
    public ServiceControl()
    {
        _manager = ServiceNative.OpenManager(null, null, ServiceNative.ManagerConnect | ServiceNative.ManagerCreateService);
        if (_manager.IsInvalid)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Whether the service is installed.</summary>
    public bool Exists(string name)
    {
        using var service = TryOpen(name);
        return service is not null;
    }

    /// <summary>State as winsvc.h numbers it (1 stopped, 4 running); null when it is not installed.</summary>
    public uint? State(string name)
    {
        using var service = TryOpen(name, ServiceNative.QueryStatus);
        return service is null ? null : StateOf(service);
    }

    /// <summary>Creates the agent's service, or changes the one there is.</summary>
    public void Install(string commandLine)
    {
        using var service = TryOpen(ServiceDefinition.Name) ?? Create(commandLine);
        Require(ServiceNative.ChangeConfig(
            service, ServiceNative.Win32OwnProcess, ServiceNative.AutoStart, ServiceNative.ErrorNormal, commandLine, null, 0, null, null, null,
            ServiceDefinition.DisplayName));
        Configure(service);
    }

    /// <summary>Starts a service; one that runs is left alone.</summary>
    public void Start(string name)
    {
        using var service = Open(name);
        if (!ServiceNative.StartService(service, 0, 0) && Marshal.GetLastPInvokeError() is var error && error != ErrorServiceAlreadyRunning)
        {
            throw new Win32Exception(error);
        }
    }

    /// <summary>Asks a service to stop; one that does not run is left alone.</summary>
    public void Stop(string name)
    {
        using var service = Open(name);
        if (!ServiceNative.ControlService(service, ServiceNative.ControlStop, out _)
            && Marshal.GetLastPInvokeError() is var error && error != ErrorServiceNotActive)
        {
            throw new Win32Exception(error);
        }
    }

    /// <summary>Deletes a service; it goes once its last handle is closed. One that is not there is left alone.</summary>
    public void Delete(string name)
    {
        using var service = TryOpen(name);
        if (service is not null && !ServiceNative.DeleteService(service)
            && Marshal.GetLastPInvokeError() is var error && error != ErrorServiceMarkedForDelete)
        {
            throw new Win32Exception(error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _manager.Dispose();

    private static uint StateOf(ServiceHandle service)
    {
        Require(ServiceNative.QueryServiceStatus(service, out var status));
        return status.State;
    }

    private static void Configure(ServiceHandle service)
    {
        fixed (char* description = ServiceDefinition.Description)
        {
            var value = description;
            Set(service, ServiceNative.ConfigDescription, &value);
        }

        fixed (char* privileges = ServiceDefinition.MultiString(ServiceDefinition.RequiredPrivileges))
        {
            var value = privileges;
            Set(service, ServiceNative.ConfigRequiredPrivileges, &value);
        }

        SetNumber(service, ServiceNative.ConfigDelayedAutoStart, 1);
        SetNumber(service, ServiceNative.ConfigFailureActionsFlag, 1);
        SetNumber(service, ServiceNative.ConfigPreshutdown, (uint)ServiceDefinition.PreshutdownLimit.TotalMilliseconds);
        SetFailureActions(service);
    }

    private static void SetFailureActions(ServiceHandle service)
    {
        var count = ServiceDefinition.RestartAfter.Count;
        var actions = stackalloc ServiceNative.FailureAction[count];
        for (var i = 0; i < count; i++)
        {
            actions[i] = new() { Kind = ServiceNative.ActionRestart, DelayMilliseconds = (uint)ServiceDefinition.RestartAfter[i].TotalMilliseconds };
        }

        var value = new ServiceNative.FailureActions
        {
            ResetSeconds = (uint)ServiceDefinition.CrashesForgottenAfter.TotalSeconds, Count = (uint)count, Actions = actions,
        };
        Set(service, ServiceNative.ConfigFailureActions, &value);
    }

    private static void SetNumber(ServiceHandle service, uint level, uint value) => Set(service, level, &value);

    // A setting that the system does not know (Wine lacks some; every Windows that we support has all) must not keep the service out.
    private static void Set(ServiceHandle service, uint level, void* value) =>
        Require(ServiceNative.ChangeConfig2(service, level, value) || Marshal.GetLastPInvokeError() == ErrorInvalidLevel);

    private ServiceHandle Create(string commandLine)
    {
        var service = ServiceNative.CreateService(
            _manager, ServiceDefinition.Name, ServiceDefinition.DisplayName, ServiceNative.AllAccess, ServiceNative.Win32OwnProcess,
            ServiceNative.AutoStart, ServiceNative.ErrorNormal, commandLine, null, 0, null, null, null);
        return service.IsInvalid ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : service;
    }

    private ServiceHandle Open(string name) => TryOpen(name) ?? throw new Win32Exception(ErrorServiceDoesNotExist);

    private ServiceHandle? TryOpen(string name, uint access = ServiceNative.AllAccess)
    {
        var service = ServiceNative.OpenService(_manager, name, access);
        if (!service.IsInvalid)
        {
            return service;
        }

        var error = Marshal.GetLastPInvokeError();
        service.Dispose();
        return error == ErrorServiceDoesNotExist ? null : throw new Win32Exception(error);
    }

    private static void Require(bool succeeded)
    {
        if (!succeeded)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }
}
