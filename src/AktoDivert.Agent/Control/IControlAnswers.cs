namespace AktoDivert.Agent.Control;

/// <summary>What the agent answers to commands.</summary>
internal interface IControlAnswers
{
    /// <summary>Answers one request other than <see cref="ControlOps.Tail"/>. Never throws for what a request holds.</summary>
    ControlResponse Answer(ControlRequest request);

    /// <summary>Flows and calls as they happen, until cancelled.</summary>
    IAsyncEnumerable<ControlResponse> TailAsync(bool flows, bool calls, CancellationToken cancellationToken);
}
