using AktoDivert.Lab.Execution;
using AktoDivert.Lab.Network;
using AktoDivert.Lab.Upstream;

namespace AktoDivert.Lab.Clients;

/// <summary>One run of a client: its identity and the places it may use.</summary>
/// <param name="Call">Identity of the run, letters and digits; every request of the run carries it.</param>
/// <param name="Paths">Where the lab runs.</param>
/// <param name="Pc">The machine it runs on.</param>
internal sealed record ClientRun(string Call, LabPaths Paths, EmployeePc Pc)
{
    public static string NewCall() => Guid.NewGuid().ToString("n")[..12];

    /// <summary>A made-up API key that carries the call along.</summary>
    public string Key => CallIdentity.MakeKey(Call);

    /// <summary>What the client asks its model.</summary>
    public string Prompt => $"Say hi. This is lab call {Call}.";

    /// <summary>Writes a file the employee owns; <paramref name="path"/> counts from the home folder.</summary>
    /// <returns>The file's folder, as seen on the pc.</returns>
    public async Task<string> WriteFileAsync(string path, string content)
    {
        var file = $"{Paths.EmployeeHome}/{path}";
        var directory = Path.GetDirectoryName(file)!;
        await ChildProcess.RequireAsync([.. Pc.AsEmployee(["mkdir", "-p", directory])]);
        await File.WriteAllTextAsync(Pc.Root + file, content);
        return directory;
    }

    /// <summary>
    /// Removes what the client left; some of them leave tens of megabytes a run. A child of the client that still writes may keep
    /// a folder alive, which is no fault of the call.
    /// </summary>
    public Task RemoveFilesAsync() => ChildProcess.RunAsync(Pc.AsEmployee(["rm", "-rf", $"{Paths.EmployeeHome}/work/{Call}"]), TimeSpan.FromSeconds(10));
}
