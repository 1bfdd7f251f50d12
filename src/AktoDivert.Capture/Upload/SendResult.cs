namespace AktoDivert.Capture.Upload;

/// <summary>What became of a batch.</summary>
/// <param name="Left">Records still to be sent; empty when the batch is done with.</param>
/// <param name="Outcome">Why they are left.</param>
/// <param name="RetryAfter">The pause the service asked for.</param>
internal readonly record struct SendResult(IReadOnlyList<SerializedRecord> Left, PostOutcome Outcome, TimeSpan? RetryAfter);
