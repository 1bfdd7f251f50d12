namespace AktoDivert.Console.Calls;

/// <summary>Who runs the model behind a host, by OpenTelemetry's names (gen_ai.provider.name) where it has one.</summary>
internal static class Provider
{
    private static readonly (string Domain, string Name)[] Known =
    [
        ("anthropic.com", "anthropic"), ("claude.ai", "anthropic"), ("claude.com", "anthropic"), ("claudeusercontent.com", "anthropic"),
        ("openai.com", "openai"), ("chatgpt.com", "openai"), ("oaiusercontent.com", "openai"), ("openai.azure.com", "azure.ai.openai"),
        ("generativelanguage.googleapis.com", "gcp.gemini"), ("gemini.google.com", "gcp.gemini"), ("aiplatform.googleapis.com", "gcp.vertex_ai"),
        ("githubcopilot.com", "github_copilot"), ("copilot.microsoft.com", "microsoft_copilot"), ("cursor.sh", "cursor"), ("cursor.com", "cursor"),
        ("x.ai", "x_ai"), ("grok.com", "x_ai"), ("mistral.ai", "mistral_ai"), ("cohere.com", "cohere"), ("cohere.ai", "cohere"),
        ("deepseek.com", "deepseek"), ("perplexity.ai", "perplexity"), ("groq.com", "groq"), ("openrouter.ai", "openrouter"), ("amazonaws.com", "aws.bedrock"),
    ];

    /// <summary>The provider; empty when unknown.</summary>
    /// <param name="host">Host, with or without port.</param>
    public static string Of(string host)
    {
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? host : host[..colon];
        foreach (var (domain, provider) in Known)
        {
            if (name.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (name.Length == domain.Length || name[^(domain.Length + 1)] == '.'))
            {
                return provider;
            }
        }

        return "";
    }
}
