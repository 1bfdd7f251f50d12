using System.Text.Json.Serialization;
using AktoDivert.Agent.Benchmarking;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Doctor;
using AktoDivert.Agent.Guarding.Testing;
using AktoDivert.Core.Policy;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Agent.Control;

/// <summary>Generated JSON of the control socket and of <c>--json</c>: names are stable, absent members are left out.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
[JsonSerializable(typeof(IReadOnlyList<ProxyPattern>))]
[JsonSerializable(typeof(IReadOnlyList<LearnedPassthrough>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<TrustStoreReport>))]
[JsonSerializable(typeof(IReadOnlyList<DoctorFinding>))]
[JsonSerializable(typeof(IReadOnlyList<BenchmarkRow>))]
[JsonSerializable(typeof(IReadOnlyList<GuardTestResult>))]
[JsonSerializable(typeof(IReadOnlyList<ConfigurationError>))]
[JsonSerializable(typeof(UpdateReport))]
internal sealed partial class ControlJson : JsonSerializerContext;
