using System.Text.Json.Serialization;

namespace AktoDivert.Core.Wire;

/// <summary>Body of <c>POST /api/agent/enrol</c>: trades a one-time enrolment token for a device token.</summary>
/// <param name="EnrolmentToken">The one-time token shown by the console.</param>
/// <param name="DeviceId">Persistent agent id.</param>
/// <param name="DeviceName">Device label.</param>
/// <param name="Os"><c>linux</c> or <c>windows</c>.</param>
public sealed record EnrolRequest(
    [property: JsonPropertyName("enrolmentToken")] string EnrolmentToken,
    [property: JsonPropertyName("deviceId")] string DeviceId,
    [property: JsonPropertyName("deviceName")] string DeviceName,
    [property: JsonPropertyName("os")] string Os);

/// <summary>Answer to <see cref="EnrolRequest"/>.</summary>
/// <param name="DeviceToken">Sent raw in the <c>authorization</c> header from now on, as Akto's tokens are. Stored 0600, never
/// logged.</param>
public sealed record EnrolResponse([property: JsonPropertyName("deviceToken")] string DeviceToken);
