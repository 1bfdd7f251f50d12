namespace AktoDivert.Console.Storage;

/// <summary>What an exception goes by. The numbers are stored.</summary>
internal enum ExceptionKind
{
    /// <summary>Text that contains the phrase, whatever its case.</summary>
    Phrase = 1,

    /// <summary>Exactly the text with this <see cref="ViolationRow.EvidenceHash"/>.</summary>
    Hash = 2,

    /// <summary>Calls to the path.</summary>
    Path = 3,

    /// <summary>Calls of the user.</summary>
    User = 4,
}
