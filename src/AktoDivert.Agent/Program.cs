using AktoDivert.Agent;
using AktoDivert.Agent.Commands;

// Read once when the first socket is made: continuations run where the event arrived, which is what a relay wants.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

return await AgentProgram.RunAsync(args, AgentConsole.OfThisProcess());
