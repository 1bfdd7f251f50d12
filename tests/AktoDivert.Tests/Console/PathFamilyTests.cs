using AktoDivert.Console.Calls;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class PathFamilyTests
{
    [TestMethod]
    [DataRow("/v1/messages?beta=true", "/v1/messages")]
    [DataRow("/v1/files/file-abcDEF1234567890abcdef12/content", "/v1/files/*/content")]
    [DataRow("/api/organizations/1b4e28ba-2fa1-11d2-883f-0016d3cca427/chat_conversations", "/api/organizations/*/chat_conversations")]
    [DataRow("/v1beta/models/gemini-2.5-pro:streamGenerateContent", "/v1beta/models/gemini-2.5-pro:streamGenerateContent")]
    [DataRow("/users/42", "/users/*")]
    [DataRow("", "")]
    public void What_is_particular_to_a_call_is_left_out(string path, string family) => Assert.AreEqual(family, PathFamily.Of(path));

    [TestMethod]
    [DataRow("api.anthropic.com", "anthropic")]
    [DataRow("chatgpt.com:443", "openai")]
    [DataRow("notopenai.com", "")]
    [DataRow("my.openai.azure.com", "azure.ai.openai")]
    public void A_provider_is_known_by_its_host(string host, string provider) => Assert.AreEqual(provider, Provider.Of(host));
}
