namespace AktoDivert.Console.Calls;

/// <summary>Items of one upload on their way to the database.</summary>
/// <param name="Items">Calls or flows.</param>
/// <param name="Stored">Completed when they are committed, or with the fault that kept them from it.</param>
internal sealed record IngestUpload<T>(IReadOnlyList<T> Items, TaskCompletionSource Stored);
