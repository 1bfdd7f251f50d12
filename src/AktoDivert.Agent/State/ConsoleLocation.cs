using AktoDivert.Agent.Configuration;

namespace AktoDivert.Agent.State;

/// <summary>Finds the console in use: the configured one, else the one this device enrolled at.</summary>
internal static class ConsoleLocation
{
    /// <summary>Its base address, or null when the agent works alone.</summary>
    /// <exception cref="StateFileException">The enrolment file is damaged.</exception>
    public static Uri? Find(AgentOptions options)
    {
        if (options.Console.Url is { } configured)
        {
            return configured;
        }

        var enrolment = File(options).Read();
        return enrolment is null ? null : ConsoleAddress.Parse(enrolment.ConsoleUrl).Value;
    }

    /// <summary>The file that enrolment writes.</summary>
    public static StateFile<Enrolment> File(AgentOptions options) => new(AgentPaths.Enrolment(options), StateJson.Default.Enrolment);
}
