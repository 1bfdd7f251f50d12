# Runs what docs/windows-verification.md can automate on a real Windows machine, and writes a report.
#   powershell -NoProfile -ExecutionPolicy Bypass -File verify.ps1 [-Report FILE]     as Administrator, agent installed and running
# Exit code 0: all passed. It changes nothing but what a check says, and undoes that.
[CmdletBinding()]
param(
    [string] $Report = (Join-Path ([Environment]::GetFolderPath('Desktop')) 'aktodivert-verification.md'),
    [string] $Destination = (Join-Path $env:ProgramFiles 'AktoDivert')
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$agent = Join-Path $Destination 'aktodivert.exe'
$data = Join-Path $env:ProgramData 'AktoDivert'
$results = New-Object Collections.Generic.List[object]

function Test-That([string] $Name, [scriptblock] $Check) {
    try {
        $detail = & $Check
        $results.Add([pscustomobject]@{ Name = $Name; Passed = $true; Detail = ("$detail" -replace '\s+', ' ').Trim() })
    } catch {
        $results.Add([pscustomobject]@{ Name = $Name; Passed = $false; Detail = $_.Exception.Message })
    }
}

function Confirm-That([bool] $Condition, [string] $Otherwise) { if (-not $Condition) { throw $Otherwise } }

function Get-Status { & $agent status --json | ConvertFrom-Json }

# A copy of curl under the name of an AI app: a selected process that goes where we say.
function Invoke-As([string] $Name, [string[]] $Arguments) {
    $folder = Join-Path $env:TEMP ('aktodivert-' + [guid]::NewGuid())
    New-Item -ItemType Directory -Path $folder | Out-Null
    try {
        Copy-Item (Join-Path $env:SystemRoot 'System32\curl.exe') (Join-Path $folder $Name)
        # Version 5.1 takes each line of the error output for an error; what counts is the exit code.
        $ErrorActionPreference = 'Continue'
        $output = & (Join-Path $folder $Name) @Arguments 2>&1 | ForEach-Object { "$_" }
        return [pscustomobject]@{ Code = $LASTEXITCODE; Output = ($output -join "`n") }
    } finally {
        Remove-Item -Recurse -Force $folder -ErrorAction SilentlyContinue
    }
}

Test-That 'service runs as SYSTEM, automatic and delayed' {
    $service = Get-CimInstance Win32_Service -Filter "Name='AktoDivert'"
    Confirm-That ($null -ne $service) 'there is no service'
    Confirm-That ($service.State -eq 'Running') "its state is $($service.State)"
    Confirm-That ($service.StartName -eq 'LocalSystem') "it runs as $($service.StartName)"
    Confirm-That ($service.DelayedAutoStart) 'it does not start delayed'
    $service.PathName
}
Test-That 'service keeps two privileges, and has its restarts' {
    $privileges = ([regex]::Matches(((& sc.exe qprivs AktoDivert) -join ' '), 'Se\w+Privilege') | ForEach-Object { $_.Value } | Sort-Object) -join ' '
    Confirm-That ($privileges -eq 'SeChangeNotifyPrivilege SeDebugPrivilege') "it keeps '$privileges'"
    $delays = [regex]::Matches(((& sc.exe qfailure AktoDivert) -join ' '), '\b(1000|5000|60000)\b').Count
    Confirm-That ($delays -eq 3) 'restarts after 1, 5 and 60 s are not set; see: sc.exe qfailure AktoDivert'
    $privileges
}
Test-That 'recovery restarts the service after a crash' {
    $before = (Get-CimInstance Win32_Service -Filter "Name='AktoDivert'").ProcessId
    Stop-Process -Id $before -Force
    $after = 0
    for ($i = 0; $i -lt 60 -and ($after -eq 0 -or $after -eq $before); $i++) {
        Start-Sleep -Milliseconds 500
        $after = (Get-CimInstance Win32_Service -Filter "Name='AktoDivert'").ProcessId
    }
    Confirm-That ($after -ne 0 -and $after -ne $before) 'it was not started again within 30 s'
    for ($i = 0; $i -lt 40 -and (Get-Status).engine.state -ne 'Active'; $i++) { Start-Sleep -Milliseconds 500 }
    "process $before was followed by $after"
}
Test-That 'redirect engine is active, so driver, signature and self test are in order' {
    $engine = (Get-Status).engine
    Confirm-That ($engine.state -eq 'Active') "$($engine.state): $($engine.reason) $($engine.fix)"
    $engine.name
}
Test-That 'driver in use is ours, signed, and version 2.2.2' {
    $path = (Get-ItemProperty 'HKLM:\SYSTEM\CurrentControlSet\Services\WinDivert').ImagePath -replace '^\\\?\?\\', ''
    $lock = Get-Content -Raw (Join-Path $Destination 'windivert.lock.json') | ConvertFrom-Json
    $pin = $lock.files | Where-Object { $_.name -eq 'WinDivert64.sys' }
    Confirm-That ((Get-FileHash -Algorithm SHA256 $path).Hash -eq $pin.sha256) "$path has another hash"
    $signature = Get-AuthenticodeSignature $path
    Confirm-That ($signature.Status -eq 'Valid') "its signature is $($signature.Status)"
    Confirm-That ($signature.SignerCertificate.Thumbprint -eq $pin.signerThumbprint) "it is signed by $($signature.SignerCertificate.Subject)"
    $path
}
Test-That 'a selected process is intercepted, and trusts our certificate' {
    $before = (Get-Status).coverage.intercepted
    # curl asks for revocation where no other client does, and ours, like those of companies, name no list.
    $call = Invoke-As 'claude.exe' @('-sS', '--ssl-no-revoke', '--max-time', '20', '-o', 'NUL', 'https://api.anthropic.com/')
    Confirm-That ($call.Code -eq 0) $call.Output
    $after = (Get-Status).coverage.intercepted
    Confirm-That ($after -gt $before) "it got an answer, but the agent intercepted nothing ($after)"
    'curl under the name claude.exe got an answer'
}
Test-That 'another process goes direct' {
    $before = (Get-Status).engine.counters.redirected
    $call = Invoke-As 'not-an-ai-app.exe' @('-sS', '--max-time', '20', '-o', 'NUL', 'https://api.anthropic.com/')
    Confirm-That ($call.Code -eq 0) $call.Output
    $after = (Get-Status).engine.counters.redirected
    Confirm-That ($after -eq $before) "redirected went from $before to $after; repeat with no AI app running"
    "redirected stayed at $after"
}
Test-That 'connect time of a process that is not selected grows by less than 5 ms' {
    $times = 1..20 | ForEach-Object { [double]((Invoke-As 'not-an-ai-app.exe' @('-sS', '-o', 'NUL', '-w', '%{time_connect}', 'https://www.example.com/')).Output) }
    "median $(($times | Sort-Object)[10] * 1000) ms; compare with the agent stopped"
}
Test-That 'root is in LocalMachine\Root, constrained, and once' {
    $roots = @(Get-ChildItem Cert:\LocalMachine\Root | Where-Object { $_.Subject -like 'CN=AktoDivert device CA*' })
    Confirm-That ($roots.Count -eq 1) "there are $($roots.Count)"
    Confirm-That ($null -ne ($roots[0].Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.30' })) 'it has no name constraints'
    $roots[0].Subject
}
Test-That 'CA keys cannot be exported' {
    $files = @(Get-ChildItem (Join-Path $data 'state\ca') -Filter '*.key' -Recurse)
    Confirm-That ($files.Count -gt 0) 'there are none'
    $dpapi = @($files | Where-Object { (Get-Content -Raw $_.FullName).StartsWith('dpapi:') })
    Confirm-That ($dpapi.Count -eq 0) "$($dpapi.Count) of $($files.Count) are DPAPI files: CNG refused"
    "$($files.Count) keys in the machine's CNG storage"
}
Test-That 'folders are closed to users' {
    foreach ($path in @($data, (Join-Path $data 'state'))) {
        $others = (Get-Acl $path).Access | Where-Object { $_.IdentityReference.Translate([Security.Principal.SecurityIdentifier]).Value -notin @('S-1-5-18', 'S-1-5-32-544') }
        Confirm-That ($null -eq $others) "$path is open to $($others.IdentityReference)"
    }
    'SYSTEM and Administrators only'
}
Test-That 'firewall rule is there and names the agent' {
    $rule = Get-NetFirewallRule -DisplayName 'AktoDivert listener'
    $program = ($rule | Get-NetFirewallApplicationFilter).Program
    Confirm-That ($program -eq $agent) "it names $program"
    $program
}
Test-That 'listener cannot be reached from the network' {
    $listener = Get-NetTCPConnection -State Listen -OwningProcess (Get-CimInstance Win32_Service -Filter "Name='AktoDivert'").ProcessId | Select-Object -First 1
    "port $($listener.LocalPort): from another machine, Test-NetConnection $env:COMPUTERNAME -Port $($listener.LocalPort) must time out (by hand)"
}
Test-That 'event log has the start of the service' {
    $entry = Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'AktoDivert'; Id = 4100 } -MaxEvents 1
    "$($entry.TimeCreated): $($entry.Message)"
}
Test-That 'doctor finds nothing that fails' {
    $findings = & $agent doctor
    Confirm-That (-not ($findings -match '^fail')) (($findings -match '^fail') -join '; ')
    'no line begins with fail'
}

$lines = @('# AktoDivert on Windows: verification', '', "Machine: $env:COMPUTERNAME, $((Get-CimInstance Win32_OperatingSystem).Caption) build $([Environment]::OSVersion.Version.Build); $(Get-Date -Format u)",
    "Agent: $(& $agent --version)", '', '| check | result | detail |', '|---|---|---|')
$lines += $results | ForEach-Object { "| $($_.Name) | $(if ($_.Passed) { 'pass' } else { '**FAIL**' }) | $($_.Detail -replace '\|', '/') |" }
$lines += @('', 'By hand (docs/windows-verification.md): Claude Desktop, Copilot, QUIC, sleep, VPN, uninstall.')
$lines | Set-Content -LiteralPath $Report -Encoding UTF8
$results | Format-Table -AutoSize -Wrap
Write-Output "report: $Report"
$failed = @($results | Where-Object { -not $_.Passed }).Count
Write-Output "$($results.Count - $failed) passed, $failed failed"
exit ([int]($failed -gt 0))
