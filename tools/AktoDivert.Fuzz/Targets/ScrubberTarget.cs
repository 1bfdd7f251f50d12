using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using AktoDivert.Capture.Cut;
using AktoDivert.Capture.Scrub;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Scrubber and cutter: what they call JSON must parse, fit the limit, and scrubbing twice must change nothing more.</summary>
internal sealed class ScrubberTarget : IFuzzTarget
{
    private const int Limit = 1024;

    public string Name => "scrubber";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"api_key":"abc","a":[1,-2.5e3,true,null,{"token":"x"}],"password":["p",["q"]],"text":"a\ud83d\ude00\u00e9\\n"}"""u8.ToArray(),
        """[{"name":"cookie","value":"v"},{"key":"a.authorization","value":{"stringValue":"b"}}]"""u8.ToArray(),
        "{\"a\":1}\n{\"secret\":\"abcdefghij0123456789abcdef\"}\n"u8.ToArray(),
        [.. "{\"content\":\""u8, .. Enumerable.Repeat((byte)'"', 600).SelectMany(b => new byte[] { (byte)'\\', b }), .. "\",\"more\":\"\\ud800x\"}"u8],
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        TextScrubber.Scrub(text);
        ParameterScrubber.Scrub(text);
        ParameterScrubber.ScrubUrl(text);
        MultipartScrubber.Scrub(input, "a");
        if (!Utf8.IsValid(input))
        {
            return;
        }

        var once = new ArrayBufferWriter<byte>();
        var scrubber = new JsonScrubber();
        var outcome = scrubber.Scrub(input, once);
        if (outcome == JsonScrubOutcome.NotJson)
        {
            CheckJson(JsonCutter.Wrap(text, "fuzz", Limit));
            return;
        }

        if (outcome == JsonScrubOutcome.Clean)
        {
            once.Write(input);
        }

        CheckJson(Encoding.UTF8.GetString(once.WrittenSpan));
        var twice = new ArrayBufferWriter<byte>();
        outcome = scrubber.Scrub(once.WrittenSpan, twice);
        if (outcome != JsonScrubOutcome.Clean && (outcome != JsonScrubOutcome.Whole || !twice.WrittenSpan.SequenceEqual(once.WrittenSpan)))
        {
            throw new InvalidDataException("Scrubbed JSON is scrubbed again.");
        }

        var cut = JsonCutter.Cut(once.WrittenSpan, Limit);
        CheckJson(cut);
        if (Encoding.UTF8.GetByteCount(cut) > Limit)
        {
            throw new InvalidDataException("The cut JSON exceeds the limit.");
        }
    }

    private static void CheckJson(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = JsonScrubber.MaxDepth });
        while (reader.Read())
        {
        }
    }
}
