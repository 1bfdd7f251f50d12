using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>State of an agent as the console's Devices page shows it. What is null on the wire is as if it were absent.</summary>
public sealed record DeviceState
{
    /// <summary>Redirect engine name.</summary>
    [JsonPropertyName("engine")] public string Engine { get; init => field = value ?? ""; } = "";

    /// <summary>A <see cref="Flows.RedirectorState"/> name.</summary>
    [JsonPropertyName("engineState")] public string EngineState { get; init => field = value ?? ""; } = "";

    /// <summary>Reason when the engine is not active.</summary>
    [JsonPropertyName("engineReason")] public string EngineReason { get; init => field = value ?? ""; } = "";

    /// <summary>Settings version in force.</summary>
    [JsonPropertyName("settingsVersion")] public long SettingsVersion { get; init; }

    /// <summary>Where our root is installed, for people; empty when nowhere.</summary>
    [JsonPropertyName("caStores")] public IReadOnlyList<string> CaStores { get; init => field = value ?? []; } = [];

    /// <summary>Records waiting in the ring.</summary>
    [JsonPropertyName("ring")] public long RingRecords { get; init; }

    /// <summary>Records waiting in the spool.</summary>
    [JsonPropertyName("spool")] public long SpoolRecords { get; init; }

    /// <summary>All counters by name.</summary>
    [JsonPropertyName("counters")] public IReadOnlyDictionary<string, long> Counters { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Learned passthroughs in force.</summary>
    [JsonPropertyName("learned")] public IReadOnlyList<WireLearnedPassthrough> Learned { get; init => field = value ?? []; } = [];

    /// <summary>The last error worth an admin's look; empty when none.</summary>
    [JsonPropertyName("lastError")] public string LastError { get; init => field = value ?? ""; } = "";

    /// <summary>Why the agent stops, an <see cref="AgentDeparture"/>: this is its last heartbeat. Empty while it runs.</summary>
    [JsonPropertyName("leaving")] public string Leaving { get; init => field = value ?? ""; } = "";
}
