using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AktoDivert.Agent.Configuration;

/// <summary>
/// Lays environment variables over the file: <c>AKTODIVERT__REDIRECT__DENYQUIC=false</c> is <c>$.redirect.denyQuic</c>, and
/// <c>AKTODIVERT__REDIRECT__PORTS=[443,8443]</c> replaces the whole list. A value is read as JSON, and as text when it is not JSON.
/// </summary>
internal static class EnvironmentOverlay
{
    /// <summary>What every variable starts with.</summary>
    public const string Prefix = "AKTODIVERT__";

    /// <summary>Puts the variables into <paramref name="root"/>.</summary>
    public static void Apply(JsonObject root, IDictionary environment, ConfigurationErrors errors)
    {
        var variables = environment.Keys.OfType<string>().Where(name => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase));
        foreach (var variable in variables.Order(StringComparer.Ordinal))
        {
            var names = variable[Prefix.Length..].ToLowerInvariant().Split("__");
            if (names.Any(name => name.Length == 0))
            {
                errors.Add(variable, null, "has an empty part", $"write {Prefix}SECTION__SETTING");
                continue;
            }

            var parent = root;
            foreach (var name in names[..^1])
            {
                if (parent[name] is not JsonObject child)
                {
                    child = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
                    parent[name] = child;
                }

                parent = child;
            }

            parent[names[^1]] = Value(environment[variable] as string ?? "");
            errors.CameFrom("$." + string.Join('.', names), variable);
        }
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text, new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
