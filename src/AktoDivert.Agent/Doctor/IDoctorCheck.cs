namespace AktoDivert.Agent.Doctor;

/// <summary>Looks for one known trap.</summary>
internal interface IDoctorCheck
{
    /// <summary>What is looked at, in a few words.</summary>
    string Name { get; }

    /// <summary>Looks. Never throws for what it finds.</summary>
    ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken);
}
