using System.Text;
using AktoDivert.Console.Calls;

namespace AktoDivert.Fuzz;

/// <summary>The console's readers of conversations, model names and token counts, fed with bodies that apps send.</summary>
internal sealed class ChatTextTarget : IFuzzTarget
{
    public string Name => "chat-text";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"model":"m","system":"s","messages":[{"role":"user","content":[{"type":"text","text":"\u00e9\ud83d\ude00"}]}]}"""u8.ToArray(),
        "data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\"}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n\ndata: [DONE]\n"u8.ToArray(),
        """{"body":"{\"contents\":[{\"parts\":[{\"text\":\"x\"}]}],\"candidates\":[]}"}"""u8.ToArray(),
        """{"response":{"usage":{"input_tokens":1,"output_tokens":2}},"usageMetadata":{"promptTokenCount":3}}"""u8.ToArray(),
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        Prompt.Line(ChatText.Read(text, text, [new(true, text, 0), new(false, text, 0)]));
        ModelName.Find(text);
        TokenUsage.Find(text);
    }
}
