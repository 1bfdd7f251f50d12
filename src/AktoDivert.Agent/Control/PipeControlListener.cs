using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace AktoDivert.Agent.Control;

/// <summary>A named pipe that SYSTEM and Administrators may open, and nobody from the network.</summary>
[SupportedOSPlatform("windows")]
internal sealed class PipeControlListener : IControlListener
{
    private readonly string _name;
    private readonly int _connections;
    private NamedPipeServerStream? _next;

    /// <summary>Listens at a pipe.</summary>
    /// <param name="name">The name without <c>\\.\pipe\</c>.</param>
    /// <param name="connections">Most commands served at once.</param>
    /// <exception cref="UnauthorizedAccessException">Somebody else owns a pipe of this name.</exception>
    public PipeControlListener(string name, int connections)
    {
        (_name, _connections) = (name, connections);

        // Fails when the name is taken, so nobody can put a pipe of their own in front of ours.
        _next = Create(PipeOptions.FirstPipeInstance);
    }

    /// <inheritdoc />
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellationToken)
    {
        var pipe = _next ?? Create(PipeOptions.None);
        _next = null;
        try
        {
            await pipe.WaitForConnectionAsync(cancellationToken);

            // Made before this one is served and closed: without a further instance the name would be free for others.
            _next = Create(PipeOptions.None);
            return pipe;
        }
        catch (Exception)
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _next?.Dispose();

    /// <summary>Who may open the pipe.</summary>
    internal static PipeSecurity Security()
    {
        var security = new PipeSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new PipeAccessRule(
            new SecurityIdentifier(WellKnownSidType.NetworkSid, null), PipeAccessRights.FullControl, AccessControlType.Deny));
        foreach (var sid in new[] { WellKnownSidType.LocalSystemSid, WellKnownSidType.BuiltinAdministratorsSid })
        {
            security.AddAccessRule(new PipeAccessRule(new SecurityIdentifier(sid, null), PipeAccessRights.FullControl, AccessControlType.Allow));
        }

        return security;
    }

    private NamedPipeServerStream Create(PipeOptions first) => NamedPipeServerStreamAcl.Create(
        _name, PipeDirection.InOut, _connections, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | first,
        inBufferSize: 0, outBufferSize: 0, Security());
}
