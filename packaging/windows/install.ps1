# Installs or upgrades the AktoDivert agent. Silent; for people and for Intune (as SYSTEM, Windows PowerShell 5.1).
#   powershell -NoProfile -ExecutionPolicy Bypass -File install.ps1 [-ConsoleUrl URL -Token TOKEN] [-NoTrust]
# Exit codes: 0 done, 1 failed, 2 this machine cannot be covered (ARM64, 32 bits, older than Windows 10 1809), 4 not an Administrator.
# Log: %ProgramData%\AktoDivert\install.log
[CmdletBinding()]
param(
    # Base address of the console, and the enrolment token its Devices page shows.
    [string] $ConsoleUrl = '',
    [string] $Token = '',
    # Leaves the trust stores alone: AI calls then pass through undecrypted.
    [switch] $NoTrust,
    [string] $Destination = (Join-Path $env:ProgramFiles 'AktoDivert')
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$data = Join-Path $env:ProgramData 'AktoDivert'
$log = Join-Path $data 'install.log'
$administrators = 'S-1-5-32-544'
$system = 'S-1-5-18'
$users = 'S-1-5-32-545'

function Write-Log([string] $Text) {
    $line = '{0:u} {1}' -f (Get-Date).ToUniversalTime(), $Text
    Add-Content -LiteralPath $log -Value $line -Encoding UTF8
    # Not Write-Output: it would become part of what the calling function returns.
    [Console]::Out.WriteLine($line)
}

# A new access list, owned by Administrators: what somebody made before us below ProgramData or Program Files is taken over, a link is refused.
function Protect-Folder([string] $Path, [bool] $Readable) {
    if (-not (Test-Path -LiteralPath $Path)) { New-Item -ItemType Directory -Path $Path | Out-Null }
    $item = Get-Item -LiteralPath $Path -Force
    if ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) { throw "$Path is a link; remove it and try again" }
    $acl = New-Object Security.AccessControl.DirectorySecurity
    $acl.SetAccessRuleProtection($true, $false)
    $acl.SetOwner((New-Object Security.Principal.SecurityIdentifier $administrators))
    $entries = @(@($system, 'FullControl'), @($administrators, 'FullControl'))
    if ($Readable) { $entries += , @($users, 'ReadAndExecute') }
    foreach ($entry in $entries) {
        $sid = New-Object Security.Principal.SecurityIdentifier $entry[0]
        $acl.AddAccessRule((New-Object Security.AccessControl.FileSystemAccessRule($sid, $entry[1], 'ContainerInherit,ObjectInherit', 'None', 'Allow')))
    }
    $item.SetAccessControl($acl)
}

function Test-Same([string] $One, [string] $Other) {
    (Test-Path -LiteralPath $One -PathType Leaf) -and (Test-Path -LiteralPath $Other -PathType Leaf) -and
        (Get-FileHash -Algorithm SHA256 -LiteralPath $One).Hash -eq (Get-FileHash -Algorithm SHA256 -LiteralPath $Other).Hash
}

# Only ours: other programs bring a driver of the same name.
function Stop-Driver {
    $driver = Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\WinDivert' -ErrorAction SilentlyContinue
    if ($driver -and "$($driver.ImagePath)" -like "*$Destination*") { & sc.exe stop WinDivert | Out-Null }
}

function Invoke-Agent([string[]] $Arguments) {
    # Version 5.1 takes each line of the error output for an error; what counts is the exit code.
    $ErrorActionPreference = 'Continue'
    $output = & (Join-Path $Destination 'aktodivert.exe') @Arguments 2>&1 | ForEach-Object { "$_" }
    $code = $LASTEXITCODE
    # A token must not stand in a log.
    Write-Log ("aktodivert {0} -> {1} {2}" -f $Arguments[0], $code, ($output -join ' | '))
    return $code
}

# Intune starts 32-bit PowerShell, which is shown other folders and registry keys under the same names.
if (-not [Environment]::Is64BitProcess) {
    $native = Join-Path $env:SystemRoot 'sysnative\WindowsPowerShell\v1.0\powershell.exe'
    if (Test-Path -LiteralPath $native) {
        $given = @(foreach ($name in $PSBoundParameters.Keys) {
            "-$name"
            if ($PSBoundParameters[$name] -isnot [switch]) { $PSBoundParameters[$name] }
        })
        & $native -NoProfile -ExecutionPolicy Bypass -File $PSCommandPath @given
        exit $LASTEXITCODE
    }
}

$principal = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    [Console]::Error.WriteLine('install.ps1: run it as Administrator')
    exit 4
}

# The machine's architecture, not this process's: an emulated one says AMD64.
$architecture = (Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment').PROCESSOR_ARCHITECTURE
if ($architecture -ne 'AMD64' -or [Environment]::OSVersion.Version.Build -lt 17763) {
    [Console]::Error.WriteLine("install.ps1: x64 Windows 10 1809 or newer is needed; this is $architecture, build $([Environment]::OSVersion.Version.Build). WinDivert has no signed driver for ARM64.")
    exit 2
}

try {
    Protect-Folder $data $false
} catch {
    # Nothing is written into a folder that may be another's.
    [Console]::Error.WriteLine("install.ps1: $($_.Exception.Message)")
    exit 1
}

try {
    if ($PSScriptRoot -eq $Destination) { throw 'this is the installed program; run install.ps1 from the unpacked package' }
    Write-Log "installing from $PSScriptRoot to $Destination"

    # Before anything is changed: what is in the package is what the lock file says.
    $lock = Get-Content -Raw -Encoding UTF8 (Join-Path $PSScriptRoot 'windivert.lock.json') | ConvertFrom-Json
    foreach ($file in $lock.files) {
        $actual = (Get-FileHash -Algorithm SHA256 -LiteralPath (Join-Path $PSScriptRoot $file.name)).Hash
        if ($actual -ne $file.sha256) { throw "$($file.name) has SHA-256 $actual, the lock file says $($file.sha256); nothing was changed" }
    }

    if (Get-Service -Name AktoDivert -ErrorAction SilentlyContinue) {
        Stop-Service -Name AktoDivert -Force
        (Get-Service -Name AktoDivert).WaitForStatus('Stopped', [TimeSpan]::FromSeconds(30))
    }
    Protect-Folder $Destination $true
    # Only the files of this version stay: an old one beside the program could be loaded. What is the same already is left as it is, since the
    # driver may outlive the service in memory, and its file can then neither be removed nor replaced.
    $old = @(Get-ChildItem -LiteralPath $Destination -Force | Where-Object { -not (Test-Same $_.FullName (Join-Path $PSScriptRoot $_.Name)) })
    if ($old | Where-Object { $_.Name -eq 'WinDivert64.sys' }) { Stop-Driver }
    $old | ForEach-Object { Remove-Item -LiteralPath $_.FullName -Recurse -Force }
    Get-ChildItem -LiteralPath $PSScriptRoot -Force | Where-Object { -not (Test-Path -LiteralPath (Join-Path $Destination $_.Name)) } |
        ForEach-Object { Copy-Item -LiteralPath $_.FullName -Destination $Destination -Recurse -Force }

    if ($ConsoleUrl) {
        if ((Invoke-Agent @('enrol', $ConsoleUrl, $Token)) -ne 0) { throw 'enrolment failed' }
    }
    if ((Invoke-Agent @('service', 'install')) -ne 0) { throw 'the service could not be installed' }
    if (-not $NoTrust -and (Invoke-Agent @('trust', 'install')) -ne 0) {
        Write-Log 'a trust store could not be changed; the apps that use it pass through. See: aktodivert trust show'
    }
    if ((Invoke-Agent @('service', 'start')) -ne 0) { throw 'the service did not start' }
    Write-Log 'installed'
    exit 0
} catch {
    Write-Log "failed: $($_.Exception.Message)"
    exit 1
}
