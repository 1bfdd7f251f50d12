namespace AktoDivert.Guardrails.Remote;

/// <summary>Akto's guardrail service, however it is reached.</summary>
public interface IRemoteEvaluation
{
    /// <summary>Has a call judged. Answers within its time limit, whatever the service does.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Cancelled when nobody waits any more.</param>
    ValueTask<RemoteVerdict> EvaluateAsync(RemoteCall call, CancellationToken cancellation);
}
