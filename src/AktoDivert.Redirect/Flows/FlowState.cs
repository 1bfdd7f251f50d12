namespace AktoDivert.Redirect.Flows;

/// <summary>Where a flow stands in the <see cref="FlowTable"/>.</summary>
internal enum FlowState
{
    /// <summary>Its SYN is held until its process is known.</summary>
    Pending,

    /// <summary>Its packets are reflected to the listener.</summary>
    Redirect,

    /// <summary>Its packets pass untouched.</summary>
    Bypass,

    /// <summary>Ended; what trails behind is still reflected.</summary>
    Closing,

    /// <summary>A tombstone for the time that TCP may still send for it (TIME_WAIT): reflected, so that nothing leaks to the server.</summary>
    Dead,
}
