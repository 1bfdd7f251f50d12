namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>The state directory holds keys: others must not look in.</summary>
internal sealed class StateDirectoryTrap() : Trap("state directory")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var folder = surroundings.Options.StateDirectory;
        if (!Directory.Exists(folder))
        {
            return Warn($"{folder} does not exist yet", "nothing to do: the first aktodivert run makes it");
        }

        if (OperatingSystem.IsWindows())
        {
            return Ok(folder);
        }

        return (File.GetUnixFileMode(folder) & Others) == 0
            ? Ok($"{folder} is open to its owner alone")
            : Fail($"{folder} is open to others", $"chmod 700 {folder}");
    }

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
}
