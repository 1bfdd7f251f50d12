namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>An app behind a configured proxy sends CONNECT to the proxy, whose port may not be redirected.</summary>
internal sealed class ProxyVariablesTrap() : Trap("proxy variables")
{
    /// <inheritdoc />
    protected override DoctorFinding Look(DoctorSurroundings surroundings)
    {
        var found = (surroundings.Read("/etc/environment") ?? "").Split('\n')
            .Concat(surroundings.Environment.Keys.OfType<string>().Select(name => $"{name}={surroundings.Environment[name]}"))
            .Where(text => text.StartsWith("https_proxy=", StringComparison.OrdinalIgnoreCase) || text.StartsWith("all_proxy=", StringComparison.OrdinalIgnoreCase))
            .Select(text => text[..text.IndexOf('=', StringComparison.Ordinal)])
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToArray();
        return found.Length == 0
            ? Ok("none is set")
            : Warn($"{string.Join(", ", found)} is set: apps that follow it are not intercepted", "unset it for the apps of the allow-list, or exempt the AI domains with no_proxy");
    }
}
