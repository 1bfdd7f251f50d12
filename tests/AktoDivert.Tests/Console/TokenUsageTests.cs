using AktoDivert.Console.Calls;

namespace AktoDivert.Tests.Console;

[TestClass]
public sealed class TokenUsageTests
{
    [TestMethod]
    [DataRow("""{"usage":{"input_tokens":11,"output_tokens":12}}""", 11L, 12L)]
    [DataRow("""{"usage":{"input_tokens":1,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":2}}""", 321L, 2L)]
    [DataRow("""{"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11}}""", 5L, 6L)]
    [DataRow("""{"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":8}}""", 7L, 8L)]
    [DataRow("""{"type":"response.completed","response":{"usage":{"input_tokens":3,"output_tokens":4}}}""", 3L, 4L)]
    [DataRow("""{"body":"{\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}"}""", 3L, 4L)]
    [DataRow("data: {\"message\":{\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\ndata: {\"usage\":{\"output_tokens\":30}}\n", 9L, 30L)]
    [DataRow("""{"usage":null}""", null, null)]
    [DataRow("""{"usage":{"input_tokens":"many","output_tokens":-1}}""", null, null)]
    [DataRow("""{"usage":{"input_tokens":1e300}}""", null, null)]
    [DataRow("{", null, null)]
    [DataRow("", null, null)]
    public void Counts_of_the_common_shapes_are_read(string body, long? input, long? output) =>
        Assert.AreEqual((input, output), (TokenUsage.Find(body).Input, TokenUsage.Find(body).Output));

    [TestMethod]
    public void Every_prefix_is_read_without_a_fault()
    {
        const string Body = "data: {\"usage\":{\"input_tokens\":1}}\n{\"body\":\"{\\\"usage\\\":{}}\\ud800\"}";
        for (var i = 0; i <= Body.Length; i++)
        {
            TokenUsage.Find(Body[..i]);
            TokenUsage.Find(Body[i..]);
        }

        Assert.AreEqual(1L, TokenUsage.Find(Body).Input);
    }
}
