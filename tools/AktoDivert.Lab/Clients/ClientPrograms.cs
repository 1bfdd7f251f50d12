using AktoDivert.Lab.Execution;

namespace AktoDivert.Lab.Clients;

/// <summary>Puts the client programs where the employee can run them.</summary>
internal static class ClientPrograms
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(10);

    /// <summary>Installs what npm provides, exactly as the lock file says; does nothing when the same lock file has been installed already.</summary>
    /// <exception cref="LabException">npm is missing or fails.</exception>
    public static async Task InstallAsync(LabPaths paths, CancellationToken cancellation)
    {
        var installed = Path.Combine(paths.Apps, "installed-lock.json");
        var wanted = await File.ReadAllTextAsync(Path.Combine(LabPaths.ShippedApps, "package-lock.json"), cancellation);
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed, cancellation) == wanted)
        {
            await RefreshAsync(paths);
            return;
        }

        Directory.CreateDirectory(paths.Apps);
        CopyFiles(LabPaths.ShippedApps, paths.Apps);
        await RequireAsync(["npm", "--prefix", paths.Apps, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cancellation);
        // The package puts its native program in place by a script of its own; only this one may run.
        await RequireAsync(["node", Path.Combine(paths.NodeModules, "@anthropic-ai/claude-code/install.cjs")], cancellation);
        await LayOutNativeClaudeAsync(paths);
        await RefreshAsync(paths);
        await File.WriteAllTextAsync(installed, wanted, cancellation);
    }

    /// <summary>Brings scripts and the .NET client up to date with this build.</summary>
    /// <exception cref="LabException">The programs are not installed.</exception>
    public static Task RefreshAsync(LabPaths paths)
    {
        if (!Directory.Exists(paths.NodeModules))
        {
            throw new LabException($"The client programs are not installed in {paths.Apps}. Install them with: aktodivert-lab install-apps");
        }

        CopyFiles(LabPaths.ShippedApps, paths.Apps);
        CopyFiles(AppContext.BaseDirectory, paths.DotnetClient);
        Directory.CreateDirectory(Path.GetDirectoryName(paths.UnlistedProgram)!);
        File.Copy("/usr/bin/curl", paths.UnlistedProgram, overwrite: true);
        return Task.CompletedTask;
    }

    /// <summary>A hard link, so that the executable's own name is the version, as the native installer leaves it.</summary>
    private static async Task LayOutNativeClaudeAsync(LabPaths paths)
    {
        var program = Path.Combine(paths.NodeModules, "@anthropic-ai/claude-code/bin/claude.exe");
        Directory.CreateDirectory(Path.GetDirectoryName(paths.NativeClaude)!);
        await ChildProcess.RequireAsync("ln", "-f", program, paths.NativeClaude);
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            // A program that runs cannot be overwritten, but replaced.
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy + ".new", overwrite: true);
            File.Move(copy + ".new", copy, overwrite: true);
        }
    }

    private static async Task RequireAsync(IReadOnlyList<string> command, CancellationToken cancellation)
    {
        var result = await ChildProcess.RunAsync(command, InstallLimit, cancellation);
        if (result.ExitCode != 0)
        {
            throw new LabException($"'{string.Join(' ', command)}' failed with {result.ExitCode}: {result.Error.Trim()}");
        }
    }
}
