using System.CommandLine;

namespace AktoDivert.Agent.Commands;

/// <summary>A command that shows examples at the end of its help.</summary>
/// <param name="name">Name.</param>
/// <param name="description">What it does, in one or two sentences.</param>
/// <param name="examples">One per line.</param>
internal sealed class AgentCommand(string name, string description, string examples) : Command(name, description)
{
    /// <summary>Examples, one per line.</summary>
    public string Examples => examples;
}
