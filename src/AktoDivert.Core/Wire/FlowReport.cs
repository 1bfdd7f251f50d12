using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>
/// Body of <c>POST /api/agent/flows</c>: flows that were decided, grew or ended since the last report. A flow is known by its id and its
/// start; a later record of it replaces the earlier one.
/// </summary>
/// <param name="Device">Device label.</param>
/// <param name="User">Login name of the device's user; empty when unknown.</param>
/// <param name="Flows">1 to <see cref="MostFlows"/> flows, oldest first.</param>
public sealed record FlowReport(
    [property: JsonPropertyName("device")] string Device,
    [property: JsonPropertyName("user")] string User,
    [property: JsonPropertyName("flows")] IReadOnlyList<FlowRecord> Flows)
{
    /// <summary>Most flows in one report.</summary>
    public const int MostFlows = 500;
}
