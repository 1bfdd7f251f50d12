using System.CommandLine;

namespace AktoDivert.Agent.Commands;

/// <summary><c>guard</c>.</summary>
internal static class GuardCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new AgentCommand("guard", "Try guardrail policies and measure detectors, without sending anything.", """
        echo "my key is AKIA..." | aktodivert guard test --policy policies.json
        aktodivert guard test --policy policies.json --json < calls.har
        aktodivert guard bench --data cases.jsonl
        aktodivert tail --calls --json --count 50 | aktodivert guard test --policy policies.json
        """)
    {
        GuardTestCommand.Create(context),
        GuardBenchCommand.Create(context),
    };
}
