namespace AktoDivert.Console.Storage;

/// <summary>What becomes of a column when a row meets one with the same key.</summary>
internal enum SumRule
{
    /// <summary>Part of the key.</summary>
    Key,

    /// <summary>Added to what is there.</summary>
    Add,

    /// <summary>Replaces what is there.</summary>
    Newest,

    /// <summary>Replaces what is there unless it is empty.</summary>
    NewestIfAny,

    /// <summary>Stays as it was first written.</summary>
    First,
}
