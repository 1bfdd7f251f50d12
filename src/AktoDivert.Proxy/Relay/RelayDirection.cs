namespace AktoDivert.Proxy.Relay;

/// <summary>Which way bytes travel through an intercepted connection.</summary>
internal enum RelayDirection
{
    /// <summary>From the app (downstream) to the server.</summary>
    Up,

    /// <summary>From the server (upstream) to the app.</summary>
    Down,
}
