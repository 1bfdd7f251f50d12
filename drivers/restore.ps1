# Fetches the driver that windivert.lock.json pins, checks it and unpacks it into ..\.cache\windivert\VERSION (ignored by git).
#   drivers\restore.ps1 [-Archive FILE] [-Destination FOLDER]
# Anything that is not byte for byte what the lock file says is refused, and nothing is left behind. Windows PowerShell 5.1 or newer.
[CmdletBinding()]
param(
    # A copy fetched by other means, for machines without access.
    [string] $Archive = '',
    [string] $Destination = ''
)
Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$lock = Get-Content -Raw -Encoding UTF8 (Join-Path $PSScriptRoot 'windivert.lock.json') | ConvertFrom-Json
if (-not $Destination) {
    $Destination = Join-Path $PSScriptRoot "..\.cache\windivert\$($lock.version)"
}

function Confirm-Hash([string] $What, [byte[]] $Content, [string] $Expected) {
    $sha = [Security.Cryptography.SHA256]::Create()
    try { $actual = -join ($sha.ComputeHash($Content) | ForEach-Object { $_.ToString('x2') }) } finally { $sha.Dispose() }
    if ($actual -ne $Expected) {
        throw "refused: $What has SHA-256 $actual, the lock file says $Expected"
    }
}

if ($Archive) {
    $content = [IO.File]::ReadAllBytes((Resolve-Path -LiteralPath $Archive).ProviderPath)
} else {
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    $client = New-Object Net.WebClient
    try { $content = $client.DownloadData($lock.archive.url) } finally { $client.Dispose() }
}
Confirm-Hash 'the archive' $content $lock.archive.sha256

Add-Type -AssemblyName System.IO.Compression
$unpacked = @{}
$zip = New-Object IO.Compression.ZipArchive (New-Object IO.MemoryStream (, $content))
try {
    foreach ($file in $lock.files) {
        $entry = $zip.GetEntry("$($lock.archive.folder)/$($file.path)")
        if ($null -eq $entry) { throw "refused: the archive holds no $($file.path)" }
        $memory = New-Object IO.MemoryStream
        $stream = $entry.Open()
        try { $stream.CopyTo($memory) } finally { $stream.Dispose() }
        Confirm-Hash $file.path $memory.ToArray() $file.sha256
        $unpacked[$file.name] = $memory.ToArray()
    }
} finally {
    $zip.Dispose()
}

New-Item -ItemType Directory -Force $Destination | Out-Null
foreach ($name in $unpacked.Keys) {
    [IO.File]::WriteAllBytes((Join-Path $Destination $name), $unpacked[$name])
}

# The signature is Microsoft's and the vendor's word beside the hash: it says who answers for code that runs in the kernel.
foreach ($file in $lock.files | Where-Object { $_.PSObject.Properties['signerThumbprint'] }) {
    $signature = Get-AuthenticodeSignature -LiteralPath (Join-Path $Destination $file.name)
    if ($signature.Status -ne 'Valid' -or $signature.SignerCertificate.Thumbprint -ne $file.signerThumbprint) {
        Remove-Item -Recurse -Force -LiteralPath $Destination
        throw "refused: $($file.name) is signed by '$($signature.SignerCertificate.Subject)' ($($signature.Status)), not by the signer that the lock file names"
    }
}
(Resolve-Path -LiteralPath $Destination).ProviderPath
