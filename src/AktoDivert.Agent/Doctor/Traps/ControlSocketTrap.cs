using AktoDivert.Agent.Control;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>A socket that nobody answers is left over from an agent that was killed.</summary>
internal sealed class ControlSocketTrap : IDoctorCheck
{
    /// <inheritdoc />
    public string Name => "running agent";

    /// <inheritdoc />
    public async ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        var path = surroundings.Options.ControlSocket;
        await using var client = await ControlClient.TryConnectAsync(path, cancellationToken);
        if (client is null)
        {
            return File.Exists(path)
                ? new DoctorFinding(Name, DoctorOutcome.Warn, $"nobody answers at {path}: an agent was killed", "start it again: sudo aktodivert run, or: sudo aktodivert service start")
                : new DoctorFinding(Name, DoctorOutcome.Warn, "no agent runs, so nothing is redirected", "start it: sudo aktodivert run, or: sudo aktodivert service start");
        }

        var engine = (await client.AskAsync(new ControlRequest { Op = ControlOps.Status }, cancellationToken)).Status!.Engine;
        return engine.Reason.Length == 0
            ? new DoctorFinding(Name, DoctorOutcome.Ok, $"redirect engine {engine.Name} is {engine.State}")
            : new DoctorFinding(Name, DoctorOutcome.Fail, $"redirect engine {engine.Name} is {engine.State}: {engine.Reason}", engine.Fix);
    }
}
