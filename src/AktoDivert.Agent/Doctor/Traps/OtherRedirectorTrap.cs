using AktoDivert.Agent.Service;

namespace AktoDivert.Agent.Doctor.Traps;

/// <summary>Another product's packet rules may take the same connections.</summary>
internal sealed class OtherRedirectorTrap : IDoctorCheck
{
    private static readonly string[] Marks = ["REDIRECT", "TPROXY", "redirect to", "tproxy to", "dnat to"];

    /// <inheritdoc />
    public string Name => "other redirectors";

    /// <inheritdoc />
    public async ValueTask<DoctorFinding> RunAsync(DoctorSurroundings surroundings, CancellationToken cancellationToken)
    {
        var nft = surroundings.HasProgram("nft") ? await SystemProgram.RunAsync("nft", ["list", "ruleset"], cancellationToken) : null;
        var iptables = surroundings.HasProgram("iptables-save") ? await SystemProgram.RunAsync("iptables-save", [], cancellationToken) : null;
        return Judge($"{nft?.Output}\n{iptables?.Output}");
    }

    /// <summary>Judges rule sets as <c>nft list ruleset</c> and <c>iptables-save</c> print them.</summary>
    public DoctorFinding Judge(string rules)
    {
        var rule = rules.Split('\n').FirstOrDefault(line => Marks.Any(mark => line.Contains(mark, StringComparison.Ordinal)))?.Trim();
        return rule is null
            ? new DoctorFinding(Name, DoctorOutcome.Ok, "no packet rule redirects connections")
            : new DoctorFinding(
                Name, DoctorOutcome.Warn, $"a packet rule redirects connections: {rule}", "make sure that the other product lets the agent's own connections to port 443 pass");
    }
}
