namespace AktoDivert.Capture;

/// <summary>What can wait in a <see cref="Backlog{T}"/>.</summary>
internal interface IBacklogEntry
{
    /// <summary>Bytes that it counts for.</summary>
    int Bytes { get; }
}
