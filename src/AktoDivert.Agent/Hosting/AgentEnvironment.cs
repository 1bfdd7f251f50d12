using System.Collections;

namespace AktoDivert.Agent.Hosting;

/// <summary>Environment variables of the agent.</summary>
internal sealed class AgentEnvironment(IDictionary variables)
{
    /// <summary>All of them.</summary>
    public IDictionary Variables => variables;

    /// <summary>A variable's value, or null.</summary>
    public string? this[string name] => variables[name] as string;
}
