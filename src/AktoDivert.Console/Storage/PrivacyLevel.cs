namespace AktoDivert.Console.Storage;

/// <summary>How much of an app's calls is kept. The numbers are stored.</summary>
internal enum PrivacyLevel
{
    /// <summary>Nothing: the call is acknowledged and dropped.</summary>
    None = 0,

    /// <summary>Who called what and when; neither prompt, headers nor bodies.</summary>
    Metadata = 1,

    /// <summary>The content with what detectors find masked.</summary>
    Redacted = 2,

    /// <summary>The content as captured, credentials removed.</summary>
    Full = 3,
}
