using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AktoDivert.Agent.State;

/// <summary>A small JSON file of the state directory, replaced as a whole so that a crash leaves the old or the new content.</summary>
internal sealed class StateFile<T>(string path, JsonTypeInfo<T> type)
    where T : class
{
    private readonly Lock _writing = new();

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>The content; null when the file is missing.</summary>
    /// <exception cref="StateFileException">The file cannot be read or is damaged; the message says what to do.</exception>
    public T? Read()
    {
        if (!File.Exists(path))
        {
            // The usual case, at each start: the first exception of a process costs some of its time.
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException fault)
        {
            throw new StateFileException($"{path} is damaged ({fault.Message.Split(" LineNumber")[0]}); delete it to start without it", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateFileException($"{path} cannot be read ({fault.Message}); run as root, or correct its owner and mode", fault);
        }
    }

    /// <summary>Replaces the content. The file is readable by its owner alone.</summary>
    /// <exception cref="StateFileException">The file cannot be written.</exception>
    public void Write(T content)
    {
        try
        {
            lock (_writing)
            {
                PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(content, type));
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StateFileException($"{path} cannot be written ({fault.Message}); run as root, or correct the owner and mode of its folder", fault);
        }
    }
}
