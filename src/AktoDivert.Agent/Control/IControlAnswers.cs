namespace AktoDivert.Agent.Control;

/// <summary>What the agent answers to commands.</summary>
internal interface IControlAnswers
{
    /// <summary>Answers one request other than <see cref="ControlOps.Tail"/>. Never throws for what a request holds.</summary>
    ControlResponse Answer(ControlRequest request);

    /// <summary>Flows and calls as they happen, those that the <see cref="ControlOps.Tail"/> asks for, until cancelled.</summary>
    IAsyncEnumerable<ControlResponse> TailAsync(ControlRequest request, CancellationToken cancellationToken);
}
