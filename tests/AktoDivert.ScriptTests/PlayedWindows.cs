using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Text.Json;
using AktoDivert.Tests.Shared;

namespace AktoDivert.ScriptTests;

/// <summary>
/// A Windows machine of a few folders and stand-ins, on which the scripts run for real in PowerShell's engine (<c>StandIns/windows.ps1</c>).
/// One at a time: the scripts ask the environment of the process for its places.
/// </summary>
internal sealed class PlayedWindows : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aktodivert-windows-").FullName;
    private readonly List<string> _done = [];

    public PlayedWindows()
    {
        foreach (var (variable, folder) in new[] { ("ProgramFiles", ProgramFiles), ("ProgramData", ProgramData), ("SystemRoot", Windows) })
        {
            Directory.CreateDirectory(folder);
            Environment.SetEnvironmentVariable(variable, folder);
        }

        Environment.SetEnvironmentVariable("AKTODIVERT_STAND_IN", _folder);
        Directory.CreateDirectory(Registry);
        WritePackage("1");
    }

    public string ProgramFiles => Path.Combine(_folder, "Program Files");

    public string ProgramData => Path.Combine(_folder, "ProgramData");

    public string Installed => Path.Combine(ProgramFiles, "AktoDivert");

    public string Data => Path.Combine(ProgramData, "AktoDivert");

    public string Package => Path.Combine(_folder, "package");

    public string Windows => Path.Combine(_folder, "Windows");

    public string Registry => Path.Combine(_folder, "registry");

    public bool IsAdministrator { get; set; } = true;

    public string Architecture { get; set; } = "AMD64";

    public int Build { get; set; } = 22_631;

    public bool Is64BitProcess { get; set; } = true;

    public string DriverPath { get; set; } = "";

    public bool HasFirewallRule { get; set; }

    public string[] Roots { get; set; } = [];

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>What a script changed by commands of Windows, in order.</summary>
    public IReadOnlyList<string> Done => _done;

    /// <summary>How the agent was called, in order.</summary>
    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    /// <summary>State of the service; null when there is none.</summary>
    public string? Service => File.Exists(ServiceFile) ? File.ReadAllText(ServiceFile).Trim() : null;

    private string CallsFile => Path.Combine(_folder, "calls");

    private string ServiceFile => Path.Combine(_folder, "service");

    /// <summary>
    /// Puts the stand-ins in the place of Windows' types. Before anything else reads a script: PowerShell keeps the types it has found once.
    /// </summary>
    public static void PlayFirst()
    {
        using var machine = new PlayedWindows();
        using var shell = PowerShell.Create();
        machine.Play(shell, new StringWriter(), new StringWriter());
    }

    /// <summary>Forgets what was done so far.</summary>
    public void Forget()
    {
        _done.Clear();
        File.Delete(CallsFile);
    }

    /// <summary>Lets a command of the agent fail, such as <c>service start</c>.</summary>
    public void Refuse(string command) => File.WriteAllText(Path.Combine(_folder, $"fail-{command.Replace(' ', '-')}"), "");

    /// <summary>Makes the unpacked package of a version anew.</summary>
    public void WritePackage(string version, string driver = "driver")
    {
        if (Directory.Exists(Package))
        {
            Directory.Delete(Package, recursive: true);
        }

        Directory.CreateDirectory(Package);
        WriteProgram(Path.Combine(Package, "aktodivert.exe"));
        foreach (var script in new[] { "install.ps1", "uninstall.ps1" })
        {
            File.Copy(Path.Combine(Repository.Root, "packaging", "windows", script), Path.Combine(Package, script));
        }

        File.WriteAllText(Path.Combine(Package, "WinDivert.dll"), $"library of {version}");
        File.WriteAllText(Path.Combine(Package, "WinDivert64.sys"), driver);
        File.WriteAllText(Path.Combine(Package, "version.txt"), version);
        File.WriteAllText(Path.Combine(Package, "windivert.lock.json"), JsonSerializer.Serialize(new
        {
            files = new[] { new { name = "WinDivert.dll", sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Package, "WinDivert.dll")))) } },
        }));
    }

    /// <summary>Writes a program that notes how it was called (<see cref="Calls"/>).</summary>
    public static void WriteProgram(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "StandIns", "aktodivert.sh"), path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Runs a script with parameters.</summary>
    public (int Code, string Output, string Error) Run(string script, params (string Name, object Value)[] parameters)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var shell = PowerShell.Create();
        Play(shell, output, errors);
        shell.AddCommand(script);
        foreach (var (name, value) in parameters)
        {
            shell.AddParameter(name, value);
        }

        foreach (var line in shell.Invoke())
        {
            output.WriteLine(line);
        }

        foreach (var error in shell.Streams.Error)
        {
            errors.WriteLine(error);
        }

        return ((int)(shell.Runspace.SessionStateProxy.GetVariable("LASTEXITCODE") ?? 0), output.ToString(), errors.ToString());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Play(PowerShell shell, StringWriter output, StringWriter errors)
    {
        shell.AddCommand(Path.Combine(AppContext.BaseDirectory, "StandIns", "windows.ps1")).AddParameter("Machine", new Hashtable
        {
            ["Done"] = _done,
            ["Output"] = output,
            ["Errors"] = errors,
            ["Folder"] = _folder,
            ["Registry"] = Registry,
            ["Administrator"] = IsAdministrator,
            ["Architecture"] = Architecture,
            ["Build"] = Build,
            ["Process64"] = Is64BitProcess,
            ["DriverPath"] = DriverPath,
            ["FirewallRule"] = HasFirewallRule,
            ["Roots"] = Roots,
            ["Variables"] = new Hashtable(Variables),
        });
        shell.Invoke();
        shell.Commands.Clear();
    }
}
