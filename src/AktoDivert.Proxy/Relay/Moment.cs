namespace AktoDivert.Proxy.Relay;

/// <summary>One reading of both clocks.</summary>
/// <param name="Time">Wall clock.</param>
/// <param name="Timestamp"><see cref="TimeProvider.GetTimestamp"/>.</param>
internal readonly record struct Moment(DateTimeOffset Time, long Timestamp);
