namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Connections that were open before the agent started are not seen.</summary>
internal sealed class RunningAppsTrap() : Trap("apps already running")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        if (File.Exists(surroundings.Options.ControlSocket))
        {
            return Ok("an agent is running; connections opened since its start are seen");
        }

        var apps = surroundings.RunningApps().Select(app => app.App).Distinct(StringComparer.Ordinal).ToArray();
        return apps.Length == 0
            ? Ok("none of the allow-list runs")
            : Warn($"{string.Join(", ", apps)} may hold connections that the agent will not see", "restart these apps after the agent has started");
    }
}
