using AktoDivert.Guardrails.Extractors;

namespace AktoDivert.Tests.Guardrails.Extractors;

[TestClass]
public sealed class ProvidersTests
{
    [TestMethod]
    [DataRow("api.openai.com", "openai.chat", "openai")]
    [DataRow("openai.com", "", "openai")]
    [DataRow("my-team.openai.azure.com", "openai.chat", "azure.ai.openai")]
    [DataRow("eu-west-1-cloudcode-pa.googleapis.com", "google.generate", "gcp.gemini")]
    [DataRow("bedrock-runtime.eu-west-1.amazonaws.com", "bedrock", "aws.bedrock")]
    [DataRow("notopenai.com", "anthropic.messages", "anthropic")]
    [DataRow("openai.com.example", "ollama", "ollama")]
    [DataRow("", "json", "")]
    [DataRow("....", "google.generate", "gcp.gen_ai")]
    public void A_provider_is_known_by_its_host_or_else_by_the_shape(string host, string shape, string provider) =>
        Assert.AreEqual(provider, Providers.Of(host, shape));

    [TestMethod]
    [DataRow("/openai/deployments/gpt-5/chat/completions", "gpt-5")]
    [DataRow("/v1beta/models/gemini-3-pro:generateContent", "gemini-3-pro")]
    [DataRow("/v1/engines/davinci", "davinci")]
    [DataRow("/v1/chat/completions", null)]
    public void A_model_is_read_from_the_path(string path, string? model) => Assert.AreEqual(model, Providers.Deployment(path));

    [TestMethod]
    public void A_host_that_nobody_knows_costs_no_garbage()
    {
        Assert.AreEqual("", Providers.Of("ai.internal.example", "json"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Providers.Of("ai.internal.example", "json");
            Providers.Deployment("/v1/chat/completions");
        }

        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
