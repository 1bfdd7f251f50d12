namespace AktoDivert.Capture.Scrub;

/// <summary>An open object or array, and what is known of its members.</summary>
internal struct JsonScope
{
    /// <summary>Whether it is an array.</summary>
    public bool IsArray;

    /// <summary>Of an array: what the name before it says of its elements.</summary>
    public Sensitivity Elements;

    /// <summary>
    /// Of an object: what a <c>name</c> or <c>key</c> member says of the <c>value</c> beside it, as in lists of headers or attributes.
    /// </summary>
    public Sensitivity Named;
}
