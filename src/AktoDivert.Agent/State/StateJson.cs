using System.Text.Json.Serialization;
using AktoDivert.Agent.Policy;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.State;

/// <summary>Generated JSON of the state files.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalPolicy))]
[JsonSerializable(typeof(ConsoleSettings))]
[JsonSerializable(typeof(Enrolment))]
[JsonSerializable(typeof(List<LearnedPassthrough>))]
[JsonSerializable(typeof(AccountSettings))]
internal sealed partial class StateJson : JsonSerializerContext;
