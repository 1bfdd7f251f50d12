using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>Body of <c>POST /api/updateModuleInfoForHeartbeat</c>, sent every 30 seconds.</summary>
public sealed record ModuleHeartbeat([property: JsonPropertyName("moduleInfo")] ModuleInfo ModuleInfo);

/// <summary>The module of a heartbeat. A text that is null on the wire is empty.</summary>
public sealed record ModuleInfo
{
    /// <summary>Persistent agent id.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>Device label; identical by the byte to the host prefix of records.</summary>
    [JsonPropertyName("name")] public required string Name { get; init => field = value ?? ""; }

    /// <summary>Always <c>MCP_ENDPOINT_SHIELD</c>.</summary>
    [JsonPropertyName("moduleType")] public string ModuleType { get; init; } = "MCP_ENDPOINT_SHIELD";

    /// <summary>Version of the agent.</summary>
    [JsonPropertyName("currentVersion")] public required string CurrentVersion { get; init => field = value ?? ""; }

    /// <summary>Epoch seconds of the agent's start.</summary>
    [JsonPropertyName("startedTs")] public required long StartedTs { get; init; }

    /// <summary>Epoch seconds of this heartbeat.</summary>
    [JsonPropertyName("lastHeartbeatReceived")] public required long LastHeartbeatReceived { get; init; }

    /// <summary>Device facts and AktoDivert's own state.</summary>
    [JsonPropertyName("additionalData")] public required ModuleAdditionalData AdditionalData { get; init; }
}

/// <summary>Merged key by key at the server. A text that is null on the wire is empty.</summary>
public sealed record ModuleAdditionalData
{
    /// <summary>Login name of the device's user.</summary>
    [JsonPropertyName("username")] public string Username { get; init => field = value ?? ""; } = "";

    /// <summary>Device label again.</summary>
    [JsonPropertyName("deviceId")] public required string DeviceId { get; init; }

    /// <summary><c>linux</c> or <c>windows</c>.</summary>
    [JsonPropertyName("os")] public required string Os { get; init => field = value ?? ""; }

    /// <summary>AktoDivert's extension: state of the agent for the Devices page.</summary>
    [JsonPropertyName("aktodivert")] public DeviceState? State { get; init; }
}
