namespace AktoDivert.Guardrails.Policies;

/// <summary>Which way a text goes.</summary>
[Flags]
internal enum Direction
{
    /// <summary>From the app to the service.</summary>
    Request = 1,

    /// <summary>From the service to the app.</summary>
    Response = 2,

    /// <summary>Both ways.</summary>
    Both = 3,
}
