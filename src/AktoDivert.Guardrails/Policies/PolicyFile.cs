using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Wire;

namespace AktoDivert.Guardrails.Policies;

/// <summary>
/// Reads a policy file, <c>{"policies":[...]}</c>, with every error at once: members of the wrong type and members that do not exist as well
/// as what <see cref="PolicyCompiler"/> finds. Akto's own form, <c>{"guardrailPolicies":[...]}</c>, is read too.
/// </summary>
public static class PolicyFile
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaximumBytes = 8 * 1024 * 1024;

    /// <summary>Reads and compiles.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="errors">Everything that is wrong; when there is anything, the policies concerned are left out.</param>
    /// <param name="policies">The documents, also those with errors that could be read.</param>
    public static PolicySet Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<GuardrailPolicy> policies, out IReadOnlyList<PolicyError> errors)
    {
        policies = [];
        if (utf8.Length > MaximumBytes)
        {
            errors = [new PolicyError("$", "is larger than 8 MiB", "split the policies")];
            return PolicySet.Empty;
        }

        JsonNode? root;
        try
        {
            // Repeated names are an error of the text.
            root = JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
        }
        catch (JsonException fault)
        {
            errors = [new PolicyError("$", $"is not JSON at line {fault.LineNumber + 1}", "correct it")];
            return PolicySet.Empty;
        }

        if (root is JsonObject akto && akto.ContainsKey("guardrailPolicies"))
        {
            policies = AktoPolicies.Map(akto);
            return PolicyCompiler.Compile(policies, out errors, "$.guardrailPolicies");
        }

        var found = new List<PolicyError>();
        Check(root, WireJson.Default.GuardrailPolicyFile, "$", found);
        try
        {
            policies = (root as JsonObject)?.Deserialize(WireJson.Default.GuardrailPolicyFile)?.Policies ?? [];
        }
        catch (JsonException fault)
        {
            // A number out of its type's range.
            found.Add(new PolicyError(fault.Path ?? "$", "cannot be read", "compare it with docs/guardrails.md"));
        }

        var set = PolicyCompiler.Compile(policies, out var compileErrors);
        errors = [.. found, .. compileErrors];
        return set;
    }

    // Walks the document beside the type's own description of its members.
    private static void Check(JsonNode? node, JsonTypeInfo type, string at, List<PolicyError> errors)
    {
        if (node is not JsonObject members)
        {
            errors.Add(new PolicyError(at, "is not an object", "write { ... }"));
            return;
        }

        foreach (var (name, value) in members.ToArray())
        {
            var property = type.Properties.FirstOrDefault(p => p.Name == name);
            if (property is null)
            {
                errors.Add(new PolicyError($"{at}.{name}", "is not a known member", $"known here: {string.Join(", ", type.Properties.Select(p => p.Name))}"));
            }
            else if (value is null || !CheckValue(value, property.PropertyType, $"{at}.{name}", errors))
            {
                // Taken out, so that the rest can be read and checked as well.
                members.Remove(name);
            }
        }
    }

    private static bool CheckValue(JsonNode value, Type type, string at, List<PolicyError> errors)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType)
        {
            if (value is not JsonArray list)
            {
                errors.Add(new PolicyError(at, "is not a list", "write [ ... ]"));
                return false;
            }

            var entries = list.ToArray();
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i] is { } entry && !CheckValue(entry, type.GetGenericArguments()[0], $"{at}[{i}]", errors))
                {
                    list.Remove(entry);
                }
            }

            return true;
        }

        var kind = value.GetValueKind();
        var (isRight, fix) = type switch
        {
            _ when type == typeof(string) => (kind == JsonValueKind.String, "write a text in quotes"),
            _ when type == typeof(bool) => (kind is JsonValueKind.True or JsonValueKind.False, "write true or false"),
            _ when type == typeof(double) => (kind == JsonValueKind.Number, "write a number"),
            _ when type.IsPrimitive => (kind == JsonValueKind.Number && value.AsValue().TryGetValue(out long _), "write a whole number"),
            _ => (kind == JsonValueKind.Object, "write { ... }"),
        };
        if (!isRight)
        {
            errors.Add(new PolicyError(at, $"is {kind switch { JsonValueKind.String => "a text", JsonValueKind.Number => "a number of the wrong kind", JsonValueKind.Object => "an object", JsonValueKind.Array => "a list", _ => "true or false" }}", fix));
        }
        else if (kind == JsonValueKind.Object && WireJson.Default.GetTypeInfo(type) is { } nested)
        {
            Check(value, nested, at, errors);
        }

        return isRight;
    }
}
