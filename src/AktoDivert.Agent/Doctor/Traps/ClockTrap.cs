using AktoDivert.Agent.Hosting;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>A clock that is off makes certificates of ours not yet valid or expired, and records misdated.</summary>
internal sealed class ClockTrap(ConsoleLink? link) : IDoctorCheck
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public string Name => "clock";

    /// <inheritdoc />
    public async ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (link is null || surroundings.Options.Console.Socket is not null)
        {
            return new DoctorFinding(Name, DoctorOutcome.Ok, "there is no console on another machine to compare with");
        }

        using var client = new HttpClient { Timeout = Limit };
        try
        {
            using var response = await client.GetAsync(link.Url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Judge(response.Headers.Date, surroundings.Time.GetUtcNow());
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return new DoctorFinding(Name, DoctorOutcome.Ok, "not compared: the console does not answer");
        }
    }

    /// <summary>Judges the console's time against this machine's.</summary>
    public DoctorFinding Judge(DateTimeOffset? console, DateTimeOffset here)
    {
        var off = console is { } there ? (here - there).Duration() : TimeSpan.Zero;
        return off <= Tolerance
            ? new DoctorFinding(Name, DoctorOutcome.Ok, "agrees with the console's")
            : new DoctorFinding(Name, DoctorOutcome.Fail, $"{off.TotalMinutes:0} minutes off the console's", "set the clock by NTP, for example: timedatectl set-ntp true");
    }
}
