using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AktoDivert.Agent.Configuration;

/// <summary>The configuration as read: the options, or everything that is wrong with them.</summary>
/// <param name="Options">Valid only when <paramref name="Errors"/> is empty.</param>
/// <param name="Errors">Every error found, in document order.</param>
internal sealed record AgentConfiguration(AgentOptions Options, IReadOnlyList<ConfigurationError> Errors)
{
    private const long MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Reads the file and lays the environment over it. A missing file is an error only when a person named it.</summary>
    public static AgentConfiguration Load(string? path, IDictionary environment)
    {
        var errors = new ConfigurationErrors();
        var root = ReadFile(path, errors);
        if (errors.Count > 0)
        {
            return new AgentConfiguration(new AgentOptions(), errors.All);
        }

        EnvironmentOverlay.Apply(root, environment, errors);
        var options = OptionsReader.Read(new ConfigurationNode(root, "$", errors));
        return new AgentConfiguration(options, errors.All);
    }

    private static JsonObject ReadFile(string? path, ConfigurationErrors errors)
    {
        var file = path ?? AgentPaths.DefaultConfiguration;
        var empty = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        try
        {
            if (path is null && !File.Exists(file))
            {
                return empty;
            }

            if (new FileInfo(file).Length > MaxFileBytes)
            {
                errors.Add(file, null, "is longer than 4 MiB", "name the configuration file");
                return empty;
            }

            var node = JsonNode.Parse(
                File.ReadAllText(file),
                new JsonNodeOptions { PropertyNameCaseInsensitive = true },
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            if (node is JsonObject root)
            {
                return root;
            }

            errors.Add("$", node, "is not an object", "write { ... }");
        }
        catch (JsonException fault)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{file} line {(fault.LineNumber ?? 0) + 1}, column {(fault.BytePositionInLine ?? 0) + 1}");
            errors.Add(place, null, fault.Message.Split(" LineNumber")[0].TrimEnd('.'), "correct the JSON; comments and trailing commas are fine");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            errors.Add(file, null, fault is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : fault.Message, "name a file that can be read, or leave --config out");
        }

        return empty;
    }
}
