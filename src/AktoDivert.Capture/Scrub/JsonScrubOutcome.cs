namespace AktoDivert.Capture.Scrub;

/// <summary>What the JSON scrubber made of a text.</summary>
internal enum JsonScrubOutcome
{
    /// <summary>Whole JSON, one value or several after each other, without credentials: it is its own result, and nothing was written.</summary>
    Clean,

    /// <summary>Whole JSON, one value or several after each other, scrubbed.</summary>
    Whole,

    /// <summary>JSON that ends early, scrubbed and closed so that it parses.</summary>
    Closed,

    /// <summary>Not JSON, or nested too deeply; the output is of no use.</summary>
    NotJson,
}
