using System.CommandLine;
using System.Net;
using AktoDivert.Lab.Network;
using AktoDivert.Lab.Upstream;

namespace AktoDivert.Lab.Commands;

internal static class UpstreamCommand
{
    public static Command Create()
    {
        var command = new Command("upstream", "The lab's servers; up starts them in their namespace.") { Hidden = true };
        command.SetAction((parsed, cancellation) => RunAsync(LabOptions.Read(parsed), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(LabPaths paths, CancellationToken cancellation)
    {
        using var certificates = new ServerCertificates(TimeProvider.System);
        await File.WriteAllTextAsync(paths.UpstreamCertificate, certificates.AuthorityPem, cancellation);
        var log = new RequestLog();
        var names = new NoNameServer();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asked = names.RunAsync(new IPEndPoint(IPAddress.Parse(LabHost.NameServer), 53), stop.Token);
        await using var servers = UpstreamServers.Create(certificates, log, 443);
        await using var control = UpstreamControl.Create(paths.UpstreamSocket, log, names);
        await servers.StartAsync(cancellation);
        await control.StartAsync(cancellation);
        Console.WriteLine("READY");

        // The input closes when the process that started this one ends, however it ends.
        await Task.WhenAny(Task.Run(Console.In.ReadLine, CancellationToken.None), asked);
        await stop.CancelAsync();
        await asked;
        return ExitCodes.Ok;
    }
}
