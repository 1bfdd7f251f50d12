using AktoDivert.Agent.Policy;
using AktoDivert.Agent.State;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Wire;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Hosting;

/// <summary>Puts the settings that the console sends in force, and passes its questions on.</summary>
internal sealed partial class ConsoleSettingsConsumer(PolicyStore policy, DiagnosticsRequests diagnostics, ILogger<ConsoleSettingsConsumer> logger) : ISettingsConsumer
{
    /// <inheritdoc />
    public void Apply(AccountSettings settings)
    {
        try
        {
            policy.Apply(settings);
        }
        catch (StateFileException fault)
        {
            LogNotKept(logger, fault.Message);
        }

        var (inForce, _, selection) = policy.InForce;
        LogApplied(logger, inForce.Version, inForce.Patterns.Count, inForce.AiDomains.Count, inForce.ChattyDomains.Count, selection.Apps.Count, policy.Errors.Count);
    }

    /// <inheritdoc />
    public void Diagnose() => diagnostics.Ask();

    [LoggerMessage(4040, LogLevel.Information, "settings version {Version} of the console in force: {Patterns} patterns, {Ai} AI domains, {Chatty} chatty domains, {Apps} apps, {Errors} entries left out")]
    private static partial void LogApplied(ILogger logger, long version, int patterns, int ai, int chatty, int apps, int errors);

    [LoggerMessage(4041, LogLevel.Error, "the console's settings are in force but will not survive a restart without network: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);
}
