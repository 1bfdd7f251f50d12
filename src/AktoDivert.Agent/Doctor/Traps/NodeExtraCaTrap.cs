namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Node and Bun take our root from NODE_EXTRA_CA_CERTS alone, and a variable that names a missing file is ignored in silence.</summary>
internal sealed class NodeExtraCaTrap() : Trap("NODE_EXTRA_CA_CERTS")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var line = (surroundings.Read("/etc/environment") ?? "").Split('\n').LastOrDefault(text => text.StartsWith("NODE_EXTRA_CA_CERTS=", StringComparison.Ordinal));
        if (line is null)
        {
            return Warn("it is not set for the whole machine, so apps on Node and Bun refuse our certificate", "aktodivert trust install, then sign out and in again");
        }

        var file = line[20..].Trim(' ').Trim('"');
        return File.Exists(surroundings.At(file))
            ? Ok($"names {file}")
            : Fail($"names {file}, which does not exist", "aktodivert trust install writes it anew");
    }
}
