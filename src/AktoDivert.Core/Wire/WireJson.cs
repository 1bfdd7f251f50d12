using System.Text.Json.Serialization;
using AktoDivert.Core.Guarding.Policies;

namespace AktoDivert.Core.Wire;

/// <summary>Generated JSON serialisation of everything on the wire: no reflection at start, unknown members ignored.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IngestBatch))]
[JsonSerializable(typeof(IngestRecord))]
[JsonSerializable(typeof(GuardrailVerdict))]
[JsonSerializable(typeof(AccountSettings))]
[JsonSerializable(typeof(AccountSettingsResponse))]
[JsonSerializable(typeof(WireApp))]
[JsonSerializable(typeof(ModuleHeartbeat))]
[JsonSerializable(typeof(WantedVersion))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolResponse))]
[JsonSerializable(typeof(FlowReport))]
[JsonSerializable(typeof(DiagnosticsReport))]
[JsonSerializable(typeof(GuardrailPolicyFile))]
[JsonSerializable(typeof(GuardrailPolicy))]
[JsonSerializable(typeof(Dictionary<string, string>))]
public sealed partial class WireJson : JsonSerializerContext;
