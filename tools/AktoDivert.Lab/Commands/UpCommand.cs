using System.CommandLine;
using AktoDivert.Lab.Clients;
using AktoDivert.Lab.Network;

namespace AktoDivert.Lab.Commands;

internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Builds the lab, prints READY and keeps it until a signal comes. Example: aktodivert-lab up");
        command.SetAction((parsed, cancellation) => RunAsync(LabOptions.Read(parsed), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(LabPaths paths, CancellationToken cancellation)
    {
        Preflight.RequireTools();
        await ClientPrograms.RefreshAsync(paths);
        await using var lab = await LabInstance.StartAsync(paths);
        Console.WriteLine("READY");
        await lab.WaitForEndAsync(cancellation);
        return cancellation.IsCancellationRequested ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
