namespace AktoDivert.Redirect.Divert;

/// <summary>
/// How a call of the driver ended: a Windows error code, 0 for success. The named ones are those that the driver is known to return.
/// </summary>
/// <param name="Code">The code.</param>
internal readonly record struct DivertError(int Code)
{
    /// <summary>It worked.</summary>
    public static readonly DivertError None = new(0);

    /// <summary>The .sys file is not beside the DLL, or the service key points elsewhere.</summary>
    public static readonly DivertError FileNotFound = new(2);

    /// <summary>As <see cref="FileNotFound"/>, for a folder.</summary>
    public static readonly DivertError PathNotFound = new(3);

    /// <summary>Not elevated.</summary>
    public static readonly DivertError AccessDenied = new(5);

    /// <summary>Filter, layer, flags or parameters are wrong.</summary>
    public static readonly DivertError InvalidParameter = new(87);

    /// <summary>A packet did not fit.</summary>
    public static readonly DivertError InsufficientBuffer = new(122);

    /// <summary>Shut down and drained: the normal end of a reader.</summary>
    public static readonly DivertError NoData = new(232);

    /// <summary>The driver is gone or going.</summary>
    public static readonly DivertError NoSuchDevice = new(433);

    /// <summary>Windows rejects the driver's signature.</summary>
    public static readonly DivertError InvalidImageHash = new(577);

    /// <summary>Another version of the driver is loaded.</summary>
    public static readonly DivertError DriverFailedPriorUnload = new(654);

    /// <summary>The handle was closed during the call.</summary>
    public static readonly DivertError OperationAborted = new(995);

    /// <summary>An overlapped call goes on.</summary>
    public static readonly DivertError IOPending = new(997);

    /// <summary>The driver's service is disabled.</summary>
    public static readonly DivertError ServiceDisabled = new(1058);

    /// <summary>The driver is not installed, and was not to be.</summary>
    public static readonly DivertError ServiceDoesNotExist = new(1060);

    /// <summary>The service is not started.</summary>
    public static readonly DivertError ServiceNotActive = new(1062);

    /// <summary>The service is marked for deletion.</summary>
    public static readonly DivertError ServiceMarkedForDelete = new(1072);

    /// <summary>A packet to loopback cannot be sent outwards.</summary>
    public static readonly DivertError InvalidNetworkName = new(1214);

    /// <summary>No route, or too many turns between users of the driver.</summary>
    public static readonly DivertError HostUnreachable = new(1232);

    /// <summary>A security product or block list keeps the driver out.</summary>
    public static readonly DivertError DriverBlocked = new(1275);

    /// <summary>A file beside the agent is not the one it was released with (ERROR_FILE_CORRUPT, given by the agent itself).</summary>
    public static readonly DivertError FileCorrupt = new(1392);

    /// <summary>The Base Filtering Engine does not run.</summary>
    public static readonly DivertError EndpointNotRegistered = new(1753);

    /// <summary>Whether the call worked.</summary>
    public bool Succeeded => Code == 0;

    /// <summary>Whether the handle is of no more use but a new one may be had later.</summary>
    public bool IsDriverGone => this == NoSuchDevice || this == OperationAborted || this == ServiceDisabled
        || this == ServiceNotActive || this == ServiceMarkedForDelete;

    /// <summary>Whether trying again later cannot help: a person has to act.</summary>
    public bool IsFatal => this == AccessDenied || this == InvalidParameter || this == InvalidImageHash
        || this == DriverFailedPriorUnload || this == DriverBlocked || this == FileCorrupt
        || this == EndpointNotRegistered;

    /// <summary>What it means, in a sentence a person understands.</summary>
    public string Reason => Code switch
    {
        0 => "it worked",
        2 or 3 => "the WinDivert driver file was not found, or its service key points to another folder",
        5 => "access to the WinDivert driver was denied: the agent does not run as administrator",
        87 => "the WinDivert driver refused a filter or parameter of the agent",
        122 => "a packet was larger than the agent's buffer",
        232 => "the handle was shut down and holds no more packets",
        433 => "the WinDivert driver was unloaded",
        577 => "Windows rejected the signature of the WinDivert driver (Secure Boot or memory integrity)",
        654 => "another version of WinDivert is loaded by another program",
        995 => "the handle was closed during the call",
        997 => "the call goes on",
        1058 => "the WinDivert service is disabled, usually because it was stopped while in use",
        1060 => "the WinDivert driver is not installed",
        1062 => "the WinDivert service is not running",
        1072 => "the WinDivert service is marked for deletion",
        1214 => "a packet to the loopback address was to be sent outwards",
        1232 => "a packet had no route, or turned in a circle between two programs that use WinDivert",
        1275 => "a security product, the vulnerable driver block list or the processor's architecture keeps the WinDivert driver out",
        1392 => "the WinDivert files beside the agent are missing, or are not those it was released with",
        1753 => "the Base Filtering Engine service (BFE) does not run",
        _ => $"the WinDivert driver answered with Windows error {Code}",
    };

    /// <summary>What a person can do about it; empty when nothing needs doing.</summary>
    public string Fix => Code switch
    {
        0 or 232 or 995 or 997 => "",
        2 or 3 => @"reinstall the agent; if it stays, remove the key HKLM\SYSTEM\CurrentControlSet\Services\WinDivert while no other program uses it",
        5 => "run the agent as a service, or from an elevated prompt",
        87 or 122 or 1214 => "report this with the agent's log: it is a fault of the agent",
        433 or 1062 or 1072 => "nothing: the agent opens the driver again; restart the agent if it stays",
        577 => "install the signed driver that comes with the agent, and check that the system is up to date",
        654 => "find the other program with: aktodivert doctor; update or remove it, then restart",
        1058 => "restart the computer; never stop the WinDivert service by hand",
        1060 => "reinstall the agent",
        1232 => "check for another program that uses WinDivert, and the VPN",
        1275 => "allow the WinDivert driver in the security product; on ARM64 there is no driver to be had",
        1392 => "reinstall the agent; if it stays, check that the antivirus has not removed WinDivert.dll or WinDivert64.sys",
        1753 => "start the service BFE and set it to automatic: sc config BFE start= auto",
        _ => "look the number up with: net helpmsg, and report it with the agent's log",
    };

    /// <inheritdoc />
    public override string ToString() => Succeeded ? "success" : $"error {Code}: {Reason}";
}
