using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AktoDivert.Agent.Service.Windows.Interop;

/// <summary>The service functions of advapi32 (winsvc.h).</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class ServiceNative
{
    public const uint ManagerConnect = 0x0001;
    public const uint ManagerCreateService = 0x0002;
    public const uint QueryStatus = 0x0004;
    public const uint AllAccess = 0xF01FF;

    public const uint Win32OwnProcess = 0x10;
    public const uint AutoStart = 2;
    public const uint ErrorNormal = 1;

    public const uint ConfigDescription = 1;
    public const uint ConfigFailureActions = 2;
    public const uint ConfigDelayedAutoStart = 3;
    public const uint ConfigFailureActionsFlag = 4;
    public const uint ConfigRequiredPrivileges = 6;
    public const uint ConfigPreshutdown = 7;

    public const uint ActionRestart = 1;

    public const uint Stopped = 1;
    public const uint StartPending = 2;
    public const uint StopPending = 3;
    public const uint Running = 4;

    public const uint ControlStop = 1;
    public const uint ControlShutdown = 5;
    public const uint ControlPowerEvent = 13;
    public const uint ControlPreshutdown = 15;

    public const uint AcceptStop = 0x01;
    public const uint AcceptShutdown = 0x04;
    public const uint AcceptPowerEvent = 0x40;
    public const uint AcceptPreshutdown = 0x100;

    public const int ErrorServiceSpecific = 1066;
    public const int ErrorCallNotImplemented = 120;

    [LibraryImport("advapi32.dll", EntryPoint = "OpenSCManagerW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenManager(string? machine, string? database, uint access);

    [LibraryImport("advapi32.dll", EntryPoint = "CreateServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle CreateService(
        ServiceHandle manager, string name, string displayName, uint access, uint type, uint start, uint errorControl,
        string commandLine, string? group, nint tag, string? dependencies, string? account, string? password);

    [LibraryImport("advapi32.dll", EntryPoint = "OpenServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial ServiceHandle OpenService(ServiceHandle manager, string name, uint access);

    [LibraryImport("advapi32.dll", EntryPoint = "ChangeServiceConfigW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ChangeConfig(
        ServiceHandle service, uint type, uint start, uint errorControl, string? commandLine, string? group, nint tag,
        string? dependencies, string? account, string? password, string? displayName);

    [LibraryImport("advapi32.dll", EntryPoint = "ChangeServiceConfig2W", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ChangeConfig2(ServiceHandle service, uint level, void* value);

    [LibraryImport("advapi32.dll", EntryPoint = "StartServiceW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartService(ServiceHandle service, uint count, nint arguments);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool ControlService(ServiceHandle service, uint control, out ServiceStatus status);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool QueryServiceStatus(ServiceHandle service, out ServiceStatus status);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool DeleteService(ServiceHandle service);

    [LibraryImport("advapi32.dll", EntryPoint = "StartServiceCtrlDispatcherW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool StartDispatcher(ServiceTableEntry* table);

    [LibraryImport("advapi32.dll", EntryPoint = "RegisterServiceCtrlHandlerExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial nint RegisterControlHandler(string name, nint handler, nint context);

    [LibraryImport("advapi32.dll", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetServiceStatus(nint status, in ServiceStatus value);

    /// <summary>SERVICE_STATUS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ServiceStatus
    {
        public uint Type;
        public uint State;
        public uint Accepts;
        public int Win32ExitCode;
        public int SpecificExitCode;
        public uint CheckPoint;
        public uint WaitHint;
    }

    /// <summary>SERVICE_TABLE_ENTRYW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ServiceTableEntry
    {
        public char* Name;
        public nint Main;
    }

    /// <summary>SC_ACTION.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureAction
    {
        public uint Kind;
        public uint DelayMilliseconds;
    }

    /// <summary>SERVICE_FAILURE_ACTIONSW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FailureActions
    {
        public uint ResetSeconds;
        public char* RebootMessage;
        public char* Command;
        public uint Count;
        public FailureAction* Actions;
    }
}
