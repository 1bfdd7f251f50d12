namespace AktoDivert.Agent.Control;

/// <summary>Where commands reach the running agent: a Unix socket, or a named pipe on Windows. Open to the system's administrator alone.</summary>
internal interface IControlListener : IDisposable
{
    /// <summary>Waits for a command to connect. The stream belongs to the caller.</summary>
    /// <exception cref="IOException">The command hung up before it was served; wait for the next one.</exception>
    ValueTask<Stream> AcceptAsync(CancellationToken cancellationToken);
}
