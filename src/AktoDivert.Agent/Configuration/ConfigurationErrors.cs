using System.Text.Json.Nodes;

namespace AktoDivert.Agent.Configuration;

/// <summary>Collects what is wrong, naming the environment variable instead of the path where the value came from one.</summary>
internal sealed class ConfigurationErrors
{
    private static readonly string[] SecretNames = ["token", "password", "secret", "apikey", "key"];

    private readonly List<ConfigurationError> _errors = [];
    private readonly Dictionary<string, string> _variables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Number of errors so far.</summary>
    public int Count => _errors.Count;

    /// <summary>The errors in the order found.</summary>
    public IReadOnlyList<ConfigurationError> All => _errors;

    /// <summary>Remembers that the value at a path comes from an environment variable.</summary>
    public void CameFrom(string path, string variable) => _variables[path] = variable;

    /// <summary>Notes a wrong value.</summary>
    public void Add(string path, JsonNode? value, string problem, string fix) =>
        _errors.Add(new ConfigurationError(Place(path), Shown(value), problem, fix));

    /// <summary>Notes a member that does not exist.</summary>
    public void AddUnknown(string path, string name, JsonNode? value, IReadOnlyCollection<string> known)
    {
        if (SecretNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            // The value is not repeated: it is a secret in the wrong place.
            Add(path, null, "is a secret, and secrets are not read from here", "put it into a file of mode 0600 and name that in $.console.tokenFile, or set AKTODIVERT_TOKEN");
            return;
        }

        var nearest = NearestName.Find(name, known);
        Add(path, value, "is not a known setting", nearest is null ? $"known here: {string.Join(", ", known)}" : $"did you mean {nearest}?");
    }

    private string Place(string path)
    {
        foreach (var (from, variable) in _variables)
        {
            if (path.StartsWith(from, StringComparison.OrdinalIgnoreCase) && (path.Length == from.Length || path[from.Length] is '.' or '['))
            {
                return variable + path[from.Length..];
            }
        }

        return path;
    }

    private static string Shown(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "";
        return text.Length <= 80 ? text : text[..77] + "...";
    }
}
