namespace AktoDivert.Capture.Scrub;

/// <summary>What a name says of the value beside it.</summary>
internal enum Sensitivity
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A credential if it looks like one: <c>token</c> also names words of a language model, <c>key</c> a map's keys.</summary>
    IfShaped,

    /// <summary>A credential.</summary>
    Always,
}
