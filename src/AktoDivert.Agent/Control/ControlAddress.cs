using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Principal;
using AktoDivert.Agent.Commands;

namespace AktoDivert.Agent.Control;

/// <summary>The control channel's address: a path of a Unix socket, or <c>\\.\pipe\NAME</c> on Windows.</summary>
internal static class ControlAddress
{
    /// <summary>What the address of a Windows agent begins with.</summary>
    public const string PipePrefix = @"\\.\pipe\";

    // A pipe whose instances are all taken is answered by the next one within this time.
    private static readonly TimeSpan PipeLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>Listens.</summary>
    public static IControlListener Listen(string address, int connections) => OperatingSystem.IsWindows()
        ? new PipeControlListener(PipeName(address), connections)
        : new UnixControlListener(address, connections);

    /// <summary>Connects; null when nobody listens.</summary>
    /// <exception cref="CommandException">The user may not.</exception>
    public static async Task<Stream?> TryConnectAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            return OperatingSystem.IsWindows()
                ? await ConnectPipeAsync(PipeName(address), cancellationToken)
                : await ConnectSocketAsync(address, cancellationToken);
        }
        catch (SocketException fault) when (fault.SocketErrorCode != SocketError.AccessDenied)
        {
            return null;
        }
        catch (Exception fault) when (fault is TimeoutException or FileNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is SocketException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.NotPermitted, $"only {(OperatingSystem.IsWindows() ? "an Administrator" : "root")} may use {address}");
        }
    }

    /// <summary>The name of the pipe.</summary>
    internal static string PipeName(string address) =>
        address.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase) ? address[PipePrefix.Length..] : address;

    private static async Task<Stream> ConnectSocketAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> ConnectPipeAsync(string name, CancellationToken cancellationToken)
    {
        // Identification: whoever listens learns who asks, and can do nothing in that name.
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync(PipeLimit, cancellationToken);
            return pipe;
        }
        catch (Exception)
        {
            await pipe.DisposeAsync();
            throw;
        }
    }
}
