namespace AktoDivert.Console.Storage;

/// <summary>The domain lists. The numbers are stored.</summary>
internal enum DomainList
{
    /// <summary>Intercepted and guarded.</summary>
    Ai = 1,

    /// <summary>Passed through and only counted.</summary>
    Chatty = 2,
}
