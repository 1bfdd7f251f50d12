using AktoDivert.Agent.Configuration;

namespace AktoDivert.Agent.State;

/// <summary>
/// Tells the running agent, while <c>service uninstall</c> stops it, that it is taken out. Only the console's alert depends on it, so that what goes
/// wrong with the file keeps nobody from uninstalling.
/// </summary>
internal sealed class UninstallMark : IDisposable
{
    private readonly string _path;

    private UninstallMark(string path) => _path = path;

    /// <summary>Sets the mark until it is disposed.</summary>
    public static UninstallMark Set(AgentOptions options)
    {
        if (Directory.Exists(options.StateDirectory))
        {
            Try(() => PrivateFile.Replace(AgentPaths.Uninstalling(options), []));
        }

        return new UninstallMark(AgentPaths.Uninstalling(options));
    }

    /// <summary>Whether it is set.</summary>
    public static bool IsSet(AgentOptions options) => File.Exists(AgentPaths.Uninstalling(options));

    /// <inheritdoc />
    public void Dispose()
    {
        if (File.Exists(_path))
        {
            Try(() => File.Delete(_path));
        }
    }

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The agent then says that it was stopped, which is no less true.
        }
    }
}
