namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The hooks hang on the root of the cgroup2 tree.</summary>
internal sealed class CgroupTrap() : Trap("cgroup2 mount")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var mount = (surroundings.Read("/proc/self/mounts") ?? "").Split('\n').Select(line => line.Split(' ')).FirstOrDefault(fields => fields.Length > 2 && fields[2] == "cgroup2");
        return mount is not null
            ? Ok($"cgroup2 is mounted on {mount[1]}")
            : Warn("cgroup2 is not mounted", "nothing to do: the agent mounts it for itself; processes under a cgroup1-only container are not seen");
    }
}
