using System.Collections.Frozen;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>Who answers, by host: the well-known values of OpenTelemetry's <c>gen_ai.provider.name</c> (v1.41.1) and four of our own for those without.</summary>
internal static class Providers
{
    private static readonly string[] BeforeModel = ["/deployments/", "/models/", "/engines/"];

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> BySuffix = new (string Suffix, string Provider)[]
    {
        ("githubcopilot.com", "github_copilot"), ("copilot-proxy.githubusercontent.com", "github_copilot"), ("cursor.sh", "cursor"),
        ("codeium.com", "windsurf"), ("windsurf.com", "windsurf"), ("ollama.com", "ollama"), ("anthropic.com", "anthropic"), ("claude.ai", "anthropic"),
        ("openai.azure.com", "azure.ai.openai"), ("cognitiveservices.azure.com", "azure.ai.openai"), ("services.ai.azure.com", "azure.ai.inference"),
        ("openai.com", "openai"), ("chatgpt.com", "openai"), ("amazonaws.com", "aws.bedrock"), ("generativelanguage.googleapis.com", "gcp.gemini"),
        ("aiplatform.googleapis.com", "gcp.vertex_ai"), ("cloudcode-pa.googleapis.com", "gcp.gemini"), ("gemini.google.com", "gcp.gemini"),
        ("cohere.com", "cohere"), ("cohere.ai", "cohere"), ("mistral.ai", "mistral_ai"), ("groq.com", "groq"), ("deepseek.com", "deepseek"), ("x.ai", "x_ai"),
        ("perplexity.ai", "perplexity"), ("ml.cloud.ibm.com", "ibm.watsonx.ai"), ("copilot.microsoft.com", "microsoft_copilot"),
        ("substrate.office.com", "microsoft_copilot"),
    }.ToFrozenDictionary(host => host.Suffix, host => host.Provider, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The provider; for hosts that are not known that of the shape's vendor.</summary>
    public static string Of(string host, string shape)
    {
        var suffix = host.AsSpan();
        string? provider;
        int end;
        while (!BySuffix.TryGetValue(suffix, out provider) && (end = suffix.IndexOfAny('.', '-')) >= 0)
        {
            suffix = suffix[(end + 1)..];
        }

        if (provider is not null)
        {
            return provider;
        }

        var dot = shape.IndexOf('.');
        return shape.AsSpan(0, dot < 0 ? shape.Length : dot) switch
        {
            "anthropic" => "anthropic",
            "openai" => "openai",
            "google" => "gcp.gen_ai",
            "ollama" => "ollama",
            "cohere" => "cohere",
            "bedrock" => "aws.bedrock",
            _ => "",
        };
    }

    /// <summary>The model where the path names it: <c>/openai/deployments/MODEL/</c>, <c>/models/MODEL:method</c>, <c>/engines/MODEL/</c>.</summary>
    public static string? Deployment(string path)
    {
        foreach (var before in BeforeModel)
        {
            var at = path.IndexOf(before, StringComparison.Ordinal);
            if (at >= 0)
            {
                var name = path[(at + before.Length)..];
                var end = name.AsSpan().IndexOfAny('/', ':');
                return end < 0 ? name : name[..end];
            }
        }

        return null;
    }
}
