namespace AktoDivert.Agent.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum DoctorOutcome
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but something will be missed or will surprise.</summary>
    Warn,

    /// <summary>The agent cannot do its work.</summary>
    Fail,
}

/// <summary>What a check found.</summary>
/// <param name="Name">Name of the check.</param>
/// <param name="Outcome">How bad it is.</param>
/// <param name="Finding">What was found, in a sentence.</param>
/// <param name="Fix">What to do; empty when nothing needs doing.</param>
internal sealed record DoctorFinding(string Name, DoctorOutcome Outcome, string Finding, string Fix = "");
