using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AktoDivert.Capture.Decode;
using AktoDivert.Capture.Scrub;

namespace AktoDivert.Capture.Cut;

/// <summary>
/// Makes a JSON text fit a limit and keeps it JSON: the longest strings lose their inside, which becomes <c>...[cut N bytes]...</c>; the
/// structure stays. Only where the structure alone is too large is the text wrapped whole, as one cut string.
/// </summary>
internal static class JsonCutter
{
    private const int ShortestCut = 256;

    /// <summary>The text itself when it fits, else a shorter one. Several values after each other stay so.</summary>
    /// <param name="json">Valid JSON in UTF-8.</param>
    /// <param name="limit">Most bytes of the result; at least 1024.</param>
    public static string Cut(ReadOnlySpan<byte> json, int limit)
    {
        if (json.Length <= limit)
        {
            return Encoding.UTF8.GetString(json);
        }

        json = LoneSurrogates.Replace(json);
        for (var cap = FairLength(json, limit); cap >= ShortestCut; cap = cap * 3 / 4)
        {
            var output = new ArrayBufferWriter<byte>(limit);
            CutStrings(json, cap, output);
            if (output.WrittenCount <= limit)
            {
                return Encoding.UTF8.GetString(output.WrittenSpan);
            }
        }

        return Wrap(Encoding.UTF8.GetString(json), "structure too large", limit);
    }

    /// <summary>A JSON object that holds a text as a string: what was no JSON, or cannot be cut as such.</summary>
    public static string Wrap(string text, string reason, int limit)
    {
        // Escaping can at worst make six bytes of one character.
        for (var cap = limit - 128; ; cap /= 2)
        {
            var body = TextCutter.Cut(text, Math.Max(cap, 16));
            var encoded = JsonEncodedText.Encode(body, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
            var json = $$"""{"body":"{{encoded}}","aktodivert":"{{reason}}"}""";
            if (cap <= 16 || Encoding.UTF8.GetByteCount(json) <= limit)
            {
                return json;
            }
        }
    }

    // The length that strings may keep so that all together lose what exceeds the limit: equal for all, so that the longest lose most.
    private static int FairLength(ReadOnlySpan<byte> json, int limit)
    {
        var lengths = new List<int>();
        var reader = NewReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > ShortestCut)
            {
                lengths.Add(reader.ValueSpan.Length);
            }
        }

        lengths.Sort();
        long others = json.Length - lengths.Sum(n => (long)n);
        for (var i = 0; i < lengths.Count; i++)
        {
            var share = (limit - others) / (lengths.Count - i);
            if (lengths[i] > share)
            {
                return (int)Math.Max(share, 0);
            }

            others += lengths[i];
        }

        return 0;
    }

    private static void CutStrings(ReadOnlySpan<byte> json, int cap, ArrayBufferWriter<byte> output)
    {
        var copied = 0;
        var reader = NewReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length <= cap)
            {
                continue;
            }

            output.Write(json[copied..(int)reader.TokenStartIndex]);
            copied = (int)reader.BytesConsumed;
            output.Write("\""u8);

            // The cap counts escaped bytes, which control characters have six times as many of.
            var text = reader.GetString()!;
            var unescaped = (int)((long)cap * Encoding.UTF8.GetByteCount(text) / reader.ValueSpan.Length);
            output.Write(
                JsonEncodedText.Encode(TextCutter.Cut(text, unescaped), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Write("\""u8);
        }

        output.Write(json[copied..]);
    }

    private static Utf8JsonReader NewReader(ReadOnlySpan<byte> json) =>
        new(json, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = JsonScrubber.MaxDepth });
}
