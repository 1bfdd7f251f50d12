using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;

namespace AktoDivert.Agent.Hosting;

/// <summary>Reads the roots that a company's own servers have.</summary>
internal static class ExtraRoots
{
    /// <summary>The certificates of <c>proxy.extraRootsFile</c>.</summary>
    /// <exception cref="CommandException">The file is missing or holds no certificate.</exception>
    public static X509Certificate2Collection Read(AgentOptions options)
    {
        var roots = new X509Certificate2Collection();
        if (options.Proxy.ExtraRootsFile is not { } file)
        {
            return roots;
        }

        try
        {
            roots.ImportFromPemFile(file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandException(ExitCode.Usage, $"$.proxy.extraRootsFile: {file} cannot be read: {fault.Message}");
        }

        return roots.Count > 0 ? roots : throw new CommandException(ExitCode.Usage, $"$.proxy.extraRootsFile: {file} holds no certificate; name a PEM file");
    }
}
