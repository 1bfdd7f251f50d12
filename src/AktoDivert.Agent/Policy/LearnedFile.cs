using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;
using AktoDivert.Core.Policy;

namespace AktoDivert.Agent.Policy;

/// <summary>Keeps learned passthroughs across restarts.</summary>
internal sealed class LearnedFile(AgentOptions options)
{
    private readonly StateFile<List<LearnedPassthrough>> _file = new(AgentPaths.Learned(options), StateJson.Default.ListLearnedPassthrough);

    /// <summary>Puts back what an earlier run saved.</summary>
    /// <exception cref="StateFileException">The file is damaged.</exception>
    public void Restore(LearnedPassthroughTable table) => table.Restore(_file.Read() ?? []);

    /// <summary>Saves what is in force.</summary>
    /// <exception cref="StateFileException">The file cannot be written.</exception>
    public void Save(LearnedPassthroughTable table) => _file.Write([.. table.Entries()]);
}
