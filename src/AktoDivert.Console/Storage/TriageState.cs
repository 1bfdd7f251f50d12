namespace AktoDivert.Console.Storage;

/// <summary>Where a violation stands. The numbers are stored.</summary>
internal enum TriageState
{
    /// <summary>Nobody looked yet.</summary>
    Open = 0,

    /// <summary>Somebody works on it.</summary>
    InProgress = 1,

    /// <summary>Dealt with.</summary>
    Resolved = 2,

    /// <summary>Nothing was wrong; an exception may follow.</summary>
    FalsePositive = 3,
}
