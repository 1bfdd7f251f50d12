namespace AktoDivert.Core.Exchanges;

/// <summary>How an exchange ended.</summary>
public enum ExchangeEnd
{
    /// <summary>Request and response passed completely.</summary>
    Complete,

    /// <summary>The app reset the stream or closed the connection first.</summary>
    AppAborted,

    /// <summary>The server reset the stream or closed the connection first.</summary>
    UpstreamAborted,

    /// <summary>Observing stopped (see <see cref="Exchange.Incomplete"/>) while the traffic went on.</summary>
    ObservationStopped,
}
