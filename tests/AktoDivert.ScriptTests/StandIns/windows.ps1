# Windows as far as install.ps1 and uninstall.ps1 touch it, played for PowerShell on Linux. What changes the machine is noted in $Machine.Done.
# A function comes before a command of the same name, a type accelerator before the type.
param([hashtable] $Machine)
$global:Machine = $Machine

class StandInIdentity { static [object] GetCurrent() { return [StandInIdentity]::new() } }
class StandInPrincipal {
    StandInPrincipal([object] $identity) { }
    [bool] IsInRole([object] $role) { return $global:Machine.Administrator }
}
class StandInVersion { [int] $Build = $global:Machine.Build }
class StandInSystem { [StandInVersion] $Version = [StandInVersion]::new() }
class StandInEnvironment {
    static [bool] $Is64BitProcess
    static [object] $OSVersion
    static [string] GetEnvironmentVariable([string] $name, [string] $target) { return $global:Machine.Variables[$name] }
}
[StandInEnvironment]::Is64BitProcess = $Machine.Process64
[StandInEnvironment]::OSVersion = [StandInSystem]::new()
class StandInConsole { static [object] $Error; static [object] $Out }
[StandInConsole]::Error = $Machine.Errors
[StandInConsole]::Out = $Machine.Output

class StandInSid {
    [string] $Value
    StandInSid([string] $value) { $this.Value = $value }
    [string] ToString() { return $this.Value }
}
class StandInAccessRule {
    [string] $Text
    StandInAccessRule([object] $sid, [string] $rights, [string] $inherited, [string] $propagated, [string] $kind) { $this.Text = "$kind $sid $rights $inherited" }
}
class StandInSecurity {
    [Collections.Generic.List[string]] $Rules = [Collections.Generic.List[string]]::new()
    [void] SetAccessRuleProtection([bool] $protect, [bool] $keep) { $this.Rules.Add("protected $protect, inherited kept $keep") }
    [void] SetOwner([object] $sid) { $this.Rules.Add("owner $sid") }
    [void] AddAccessRule([object] $rule) { $this.Rules.Add($rule.Text) }
}
class StandInKey {
    [string] $Name
    static [object] Open([string] $name, [object] $provider, [object] $options) {
        $key = [StandInKey]::new()
        $key.Name = $name
        return $key
    }
    [void] Delete() { $global:Machine.Done.Add("delete key $($this.Name)") }
}

$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
@{
    'Security.Principal.WindowsIdentity' = [StandInIdentity]
    'Security.Principal.WindowsPrincipal' = [StandInPrincipal]
    'Security.Principal.SecurityIdentifier' = [StandInSid]
    'Security.AccessControl.DirectorySecurity' = [StandInSecurity]
    'Security.AccessControl.FileSystemAccessRule' = [StandInAccessRule]
    'Security.Cryptography.CngKey' = [StandInKey]
    'Environment' = [StandInEnvironment]
    'Console' = [StandInConsole]
}.GetEnumerator() | ForEach-Object {
    [void] $accelerators::Remove($_.Key)
    $accelerators::Add($_.Key, $_.Value)
}

New-PSDrive -Name HKLM -PSProvider FileSystem -Root $Machine.Registry -Scope Global | Out-Null

function global:Get-Item([string] $LiteralPath, [switch] $Force) {
    $item = Microsoft.PowerShell.Management\Get-Item @PSBoundParameters
    Add-Member -InputObject $item -MemberType ScriptMethod -Name SetAccessControl -PassThru -Value {
        param($acl)
        $global:Machine.Done.Add("protect $(Split-Path -Leaf $this.FullName): $($acl.Rules -join '; ')")
    }
}
function global:Get-ItemProperty([string] $Path) {
    if ($Path -like '*Session Manager\Environment') { return [pscustomobject]@{ PROCESSOR_ARCHITECTURE = $global:Machine.Architecture } }
    if ($Path -like '*Services\WinDivert' -and $global:Machine.DriverPath) { return [pscustomobject]@{ ImagePath = $global:Machine.DriverPath } }
}
function global:Get-ChildItem {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string] $Path, [string] $LiteralPath, [string] $Filter, [switch] $Recurse, [switch] $Force)
    if ($Path -notlike 'Cert:*') { return Microsoft.PowerShell.Management\Get-ChildItem @PSBoundParameters }
    foreach ($subject in $global:Machine.Roots) { [pscustomobject]@{ Subject = $subject } }
}
function global:Get-Service {
    [CmdletBinding()]
    param([string] $Name)
    $state = Join-Path $global:Machine.Folder 'service'
    if (Test-Path -LiteralPath $state) {
        $service = [pscustomobject]@{ Name = $Name; Status = (Get-Content -Raw -LiteralPath $state).Trim() }
        return Add-Member -InputObject $service -MemberType ScriptMethod -Name WaitForStatus -Value { param($status, $limit) } -PassThru
    }
    Write-Error "Cannot find any service with service name '$Name'."
}
function global:Stop-Service([string] $Name, [switch] $Force) {
    $global:Machine.Done.Add("stop service $Name")
    Set-Content -LiteralPath (Join-Path $global:Machine.Folder 'service') -Value Stopped
}
function global:Get-NetFirewallRule {
    [CmdletBinding()]
    param([string] $DisplayName)
    if ($global:Machine.FirewallRule) { [pscustomobject]@{ DisplayName = $DisplayName } }
}
function global:sc.exe {
    $global:Machine.Done.Add("sc $args")
}
