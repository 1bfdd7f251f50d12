namespace AktoDivert.Redirect.Flows;

/// <summary>What to do with a packet.</summary>
internal enum FlowAction
{
    /// <summary>Send it on as it is.</summary>
    Pass,

    /// <summary>Turn it round.</summary>
    Reflect,

    /// <summary>Keep it: the table holds a copy, or has one already.</summary>
    Hold,

    /// <summary>Drop it: it would leak to a server that knows nothing of it.</summary>
    Drop,
}
