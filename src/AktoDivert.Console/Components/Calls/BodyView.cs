namespace AktoDivert.Console.Components.Calls;

/// <summary>How a body is shown.</summary>
internal enum BodyView
{
    /// <summary>Indented when it is JSON.</summary>
    Decoded,

    /// <summary>As it was recorded.</summary>
    Raw,

    /// <summary>Bytes of its UTF-8.</summary>
    Hex,
}
