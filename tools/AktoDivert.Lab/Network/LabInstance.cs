using System.Diagnostics;
using AktoDivert.Lab.Execution;

namespace AktoDivert.Lab.Network;

/// <summary>A running lab: namespaces, upstream servers and the employee's machine. Disposing it leaves nothing behind.</summary>
internal sealed class LabInstance : IAsyncDisposable
{
    private readonly LabPaths _paths;
    private readonly FileStream _lock;
    private readonly List<Process> _companions = [];

    private LabInstance(LabPaths paths, FileStream @lock)
    {
        _paths = paths;
        _lock = @lock;
    }

    /// <summary>Builds the lab, after clearing away what a crashed one left.</summary>
    /// <exception cref="LabException">Another lab runs, or a tool is missing.</exception>
    public static async Task<LabInstance> StartAsync(LabPaths paths)
    {
        var lab = new LabInstance(paths, Lock());
        try
        {
            await RemoveLeftoversAsync(paths);
            Directory.CreateDirectory(paths.Run);
            await File.WriteAllTextAsync(paths.OwnerFile, $"{Environment.ProcessId}");
            await LabNetwork.CreateAsync();
            lab._companions.Add(await ChildProcess.StartCompanionAsync(
                ["nsenter", $"--net={LabNetwork.PathOf(LabNetwork.Internet)}", OwnProgram.Path, "upstream", "--run-dir", paths.Run],
                TimeSpan.FromSeconds(30)));
            lab._companions.Add(await EmployeePc.StartHolderAsync(paths));
            return lab;
        }
        catch (Exception)
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes at the signal, or when one of the lab's own processes ends by itself.</summary>
    public Task WaitForEndAsync(CancellationToken cancellation) =>
        Task.WhenAny(_companions.Select(companion => companion.WaitForExitAsync(cancellation)));

    /// <summary>Removes namespaces and folder of a lab that no longer runs; does nothing when there are none.</summary>
    public static async Task RemoveLeftoversAsync(LabPaths paths)
    {
        await LabNetwork.RemoveAsync();
        if (Directory.Exists(paths.Run))
        {
            Directory.Delete(paths.Run, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var companion in _companions)
        {
            companion.StandardInput.Close();
        }

        await RemoveLeftoversAsync(_paths);
        _companions.ForEach(companion => companion.Dispose());
        File.Delete(LabPaths.LockFile);
        await _lock.DisposeAsync();
    }

    private static FileStream Lock()
    {
        try
        {
            return new FileStream(LabPaths.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new LabException("A lab already runs on this machine. Stop it with Ctrl+C where it runs, or with: aktodivert-lab down");
        }
        catch (UnauthorizedAccessException)
        {
            throw new LabException("The lab makes network namespaces, which needs root. Call it with: sudo aktodivert-lab up");
        }
    }
}
