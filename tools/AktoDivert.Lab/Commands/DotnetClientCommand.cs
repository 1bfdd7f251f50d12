using System.CommandLine;
using AktoDivert.Lab.Clients;

namespace AktoDivert.Lab.Commands;

internal static class DotnetClientCommand
{
    public static Command Create()
    {
        var dotnet = new Command("dotnet", "One call over HttpClient.");
        dotnet.SetAction((_, cancellation) => DotnetClient.RunAsync(cancellation));
        return new Command("client", "This program as a client of the lab; call starts it on the pc.") { Subcommands = { dotnet }, Hidden = true };
    }
}
