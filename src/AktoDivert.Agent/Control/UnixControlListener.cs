using System.Net.Sockets;
using AktoDivert.Agent.State;

namespace AktoDivert.Agent.Control;

/// <summary>A Unix socket of mode 0600.</summary>
internal sealed class UnixControlListener : IControlListener
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;

    /// <summary>Listens at <paramref name="path"/>, in place of a socket that a killed agent left there.</summary>
    public UnixControlListener(string path, int backlog)
    {
        _path = path;
        PrivateFile.CreateFolder(Path.GetDirectoryName(path)!);
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
        {
            // Nobody can connect before Listen, so no moment with a wider mode can be used.
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        _listener.Listen(backlog);
    }

    /// <inheritdoc />
    public async ValueTask<Stream> AcceptAsync(CancellationToken cancellationToken) =>
        new NetworkStream(await _listener.AcceptAsync(cancellationToken), ownsSocket: true);

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_path);
    }
}
