namespace AktoDivert.Capture.Upload;

/// <summary>Where records go.</summary>
internal interface IIngestion
{
    /// <summary>Posts records. Throws nothing but <see cref="OperationCanceledException"/> for the caller's own token.</summary>
    /// <returns>The outcome, and the pause the service asked for (Retry-After) if it did.</returns>
    Task<(PostOutcome Outcome, TimeSpan? RetryAfter)> PostAsync(
        IReadOnlyList<SerializedRecord> records, CancellationToken cancellationToken);
}
