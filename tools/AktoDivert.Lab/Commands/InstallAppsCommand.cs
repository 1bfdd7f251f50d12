using System.CommandLine;
using AktoDivert.Lab.Clients;

namespace AktoDivert.Lab.Commands;

internal static class InstallAppsCommand
{
    public static Command Create()
    {
        var command = new Command("install-apps", "Installs the pinned client programs with npm into the cache folder; quick when they are there.");
        command.SetAction(async (parsed, cancellation) =>
        {
            await ClientPrograms.InstallAsync(LabOptions.Read(parsed), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }
}
