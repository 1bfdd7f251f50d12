namespace AktoDivert.Console.Storage;

/// <summary>The organisation's word on an app. The numbers are stored.</summary>
internal enum AppState
{
    /// <summary>Nobody decided yet.</summary>
    Undecided = 0,

    /// <summary>Meant to be used.</summary>
    Sanctioned = 1,

    /// <summary>May be used.</summary>
    Tolerated = 2,

    /// <summary>Must not be used.</summary>
    Banned = 3,
}
