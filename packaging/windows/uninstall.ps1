# Removes the AktoDivert agent and everything it left: roots, variables, Firefox policy, service, driver service, firewall rule, folders.
#   powershell -NoProfile -ExecutionPolicy Bypass -File uninstall.ps1 [-KeepState]
# Silent. Exit codes: 0 done, 1 something is left (the output names it), 4 not an Administrator.
[CmdletBinding()]
param(
    # Keeps configuration, enrolment and certificate authority for a later installation.
    [switch] $KeepState,
    [string] $Destination = (Join-Path $env:ProgramFiles 'AktoDivert')
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

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
    [Console]::Error.WriteLine('uninstall.ps1: run it as Administrator')
    exit 4
}

$data = Join-Path $env:ProgramData 'AktoDivert'
$agent = Join-Path $Destination 'aktodivert.exe'
$left = New-Object Collections.Generic.List[string]
Set-Location $env:SystemRoot

# The roots first, while the program that knows all of their places is still there.
if (Test-Path -LiteralPath $agent) {
    & $agent trust remove
    if ($LASTEXITCODE -ne 0) { $left.Add('a trust store could not be cleaned; see the lines above') }
    & $agent service uninstall
    if ($LASTEXITCODE -ne 0) { $left.Add('the service could not be removed; see the lines above') }
}

# CNG keys of certificate authorities lie in the machine's key storage, named by files below the state folder.
foreach ($file in Get-ChildItem -Path (Join-Path $data 'state\ca') -Filter '*.key' -Recurse -ErrorAction SilentlyContinue | Where-Object { -not $KeepState }) {
    $text = (Get-Content -Raw -LiteralPath $file.FullName).Trim()
    if ($text.StartsWith('cng:')) {
        $name = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text.Substring(4)))
        try {
            $provider = [Security.Cryptography.CngProvider]::MicrosoftSoftwareKeyStorageProvider
            [Security.Cryptography.CngKey]::Open($name, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey).Delete()
        } catch [Security.Cryptography.CryptographicException] { }
    }
}

if (Test-Path -LiteralPath $Destination) { Remove-Item -Recurse -Force -LiteralPath $Destination -ErrorAction SilentlyContinue }
if (-not $KeepState -and (Test-Path -LiteralPath $data)) { Remove-Item -Recurse -Force -LiteralPath $data -ErrorAction SilentlyContinue }
if (Test-Path 'HKLM:\SOFTWARE\AktoDivert') { Remove-Item -Recurse -Force 'HKLM:\SOFTWARE\AktoDivert' }

# What is said to be gone is looked for.
if (Get-Service -Name AktoDivert -ErrorAction SilentlyContinue) { $left.Add('service AktoDivert (it goes with the last handle to it; close the Services window)') }
$driver = Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\WinDivert' -ErrorAction SilentlyContinue
if ($driver -and "$($driver.ImagePath)" -like "*$Destination*") { $left.Add('driver service WinDivert (it goes at the next restart)') }
if (Get-ChildItem Cert:\LocalMachine\Root | Where-Object { $_.Subject -like 'CN=AktoDivert device CA*' }) { $left.Add('a root of ours in LocalMachine\Root') }
if ("$([Environment]::GetEnvironmentVariable('NODE_EXTRA_CA_CERTS', 'Machine'))" -like "$data*") { $left.Add('the variable NODE_EXTRA_CA_CERTS') }
if (Get-NetFirewallRule -DisplayName 'AktoDivert listener' -ErrorAction SilentlyContinue) { $left.Add('the firewall rule') }
if (Test-Path -LiteralPath $Destination) { $left.Add("$Destination (a file in it is in use; it goes after a restart, call uninstall.ps1 again)") }
if (-not $KeepState -and (Test-Path -LiteralPath $data)) { $left.Add($data) }

if ($left.Count -gt 0) {
    $left | ForEach-Object { [Console]::Error.WriteLine("left: $_") }
    exit 1
}
Write-Output 'uninstalled: nothing is left'
exit 0
