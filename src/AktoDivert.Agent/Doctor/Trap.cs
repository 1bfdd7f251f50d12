namespace AktoDivert.Agent.Doctor;

/// <summary>A check that only looks at files and variables.</summary>
internal abstract class Trap(string name) : IDoctorCheck
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken) => ValueTask.FromResult(Look(surroundings));

    /// <summary>Looks.</summary>
    protected abstract DoctorFinding Look(DoctorSurroundings surroundings);

    /// <summary>As it should be.</summary>
    protected DoctorFinding Ok(string finding) => new(name, DoctorOutcome.Ok, finding);

    /// <summary>Something will be missed or will surprise.</summary>
    protected DoctorFinding Warn(string finding, string fix) => new(name, DoctorOutcome.Warn, finding, fix);

    /// <summary>The agent cannot do its work.</summary>
    protected DoctorFinding Fail(string finding, string fix) => new(name, DoctorOutcome.Fail, finding, fix);
}
