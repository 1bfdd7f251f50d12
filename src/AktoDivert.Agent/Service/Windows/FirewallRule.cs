using AktoDivert.Agent.Commands;

namespace AktoDivert.Agent.Service.Windows;

/// <summary>
/// The inbound rule of Windows Firewall without which reflected connections never reach the listener: they look like connections from the
/// original destination. Real remote hosts are kept out by the redirect engine's guard, not by this rule.
/// </summary>
/// <param name="netsh">Runs <c>netsh</c> with arguments.</param>
internal sealed class FirewallRule(Func<string[], CancellationToken, Task<ProgramOutcome?>> netsh)
{
    /// <summary>Name of the rule.</summary>
    public const string Name = "AktoDivert listener";

    /// <summary>The firewall of this machine.</summary>
    public static FirewallRule OfThisMachine() => new((arguments, token) =>
        SystemProgram.RunAsync(Path.Combine(Environment.SystemDirectory, "netsh.exe"), arguments, token));

    /// <summary>Adds the rule for a program, in place of an older one.</summary>
    /// <exception cref="CommandException">The firewall refused.</exception>
    public async Task AddAsync(string executable, CancellationToken cancellationToken)
    {
        await RemoveAsync(cancellationToken);
        var outcome = await netsh(AddArguments(executable), cancellationToken);
        if (outcome is not { ExitCode: 0 })
        {
            throw new CommandException(
                ExitCode.Failed,
                $"the inbound rule of Windows Firewall could not be added: {(outcome is null ? "netsh did not run to its end" : outcome.Output.Trim())}; "
                + "see whether a group policy forbids local rules");
        }
    }

    /// <summary>Removes the rule. netsh fails when there is none, in the language of the system, so its outcome says nothing.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken) =>
        await netsh(["advfirewall", "firewall", "delete", "rule", $"name={Name}"], cancellationToken);

    /// <summary>What <c>netsh</c> is called with.</summary>
    internal static string[] AddArguments(string executable) =>
    [
        "advfirewall", "firewall", "add", "rule", $"name={Name}", "dir=in", "action=allow", $"program={executable}", "protocol=TCP",
        "profile=any", "edge=no", "description=Connections that AktoDivert redirects to its local listener.",
    ];
}
