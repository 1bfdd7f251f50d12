using System.Net.Sockets;

namespace AktoDivert.Console.Hosting;

/// <summary>Works out what to listen on.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses for Kestrel.</summary>
    /// <exception cref="ConsoleStartException">An address is none, or the socket's path is taken.</exception>
    public static string[] Of(ConsoleOptions options)
    {
        var urls = options.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.FirstOrDefault(u => !Uri.TryCreate(u, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) is { } bad)
        {
            throw new ConsoleStartException($"--urls {bad}: write it like http://127.0.0.1:7070.");
        }

        if (options.Socket is not { } socket)
        {
            return urls;
        }

        FreeSocket(socket);
        return [.. urls, $"http://unix:{socket}"];
    }

    /// <summary>Lets only the owner connect; called once the socket is there.</summary>
    public static void RestrictSocket(ConsoleOptions options)
    {
        if (options.Socket is { } socket && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>Removes the socket that a killed console left behind, and nothing else.</summary>
    private static void FreeSocket(string path)
    {
        if (!Path.IsPathRooted(path))
        {
            throw new ConsoleStartException($"--socket {path}: give an absolute path.");
        }

        if (!File.Exists(path))
        {
            return;
        }

        if (new FileInfo(path).Length > 0 || IsServed(path))
        {
            throw new ConsoleStartException($"--socket {path}: the path is taken, by a file or by a running console. Choose another path.");
        }

        File.Delete(path);
    }

    private static bool IsServed(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
