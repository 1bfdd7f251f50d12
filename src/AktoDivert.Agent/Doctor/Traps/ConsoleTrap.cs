using System.Net;
using System.Text.Json;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture.Fleet;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Without the console, or with a token it refuses, records pile up on disk.</summary>
internal sealed class ConsoleTrap(ConsoleLink? link) : IDoctorCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public string Name => "console";

    /// <inheritdoc />
    public async ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (link is null)
        {
            return new DoctorFinding(Name, DoctorOutcome.Warn, "no console is configured, so calls go nowhere", "sudo aktodivert enrol <console-url> <token>");
        }

        if (link.Token.Read() is null)
        {
            return new DoctorFinding(Name, DoctorOutcome.Fail, $"there is no token for {link.Url}", $"sudo aktodivert enrol {link.Url} <token>");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await link.Client.FetchAccountSettingsAsync(limit.Token);
            return new DoctorFinding(Name, DoctorOutcome.Ok, $"{link.Url} answers and takes the token");
        }
        catch (ConsoleRefusedException fault) when (fault.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return new DoctorFinding(Name, DoctorOutcome.Fail, $"{link.Url} refuses this device's token", $"sudo aktodivert enrol {link.Url} <token>");
        }
        catch (Exception fault) when (fault is ConsoleRefusedException or HttpRequestException or JsonException or IOException)
        {
            return new DoctorFinding(Name, DoctorOutcome.Fail, $"{link.Url}: {fault.Message}", "check the address, the network, and that the console runs");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DoctorFinding(Name, DoctorOutcome.Fail, $"{link.Url} does not answer within {Limit.TotalSeconds:0} seconds", "check the address, the network, and that the console runs");
        }
    }
}
