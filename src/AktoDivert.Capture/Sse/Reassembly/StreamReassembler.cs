using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using AktoDivert.Capture.Decode;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>
/// Turns the events of a streamed answer into one JSON object: the vendor's own final message where the shape is known, else
/// <c>{"body": "the events' data, one a line", "events": n}</c>.
/// </summary>
internal sealed class StreamReassembler(int maxBytes)
{
    private const int MaxDepth = 128;

    private static readonly JsonWriterOptions Relaxed =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 2 * MaxDepth };

    private readonly ArrayBufferWriter<byte> _unknown = new();
    private IStreamShape? _shape;
    private int _events;

    /// <summary>Whether bytes were left out because of the limit.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether a stream of a known shape lacks its end; unknown shapes have none to miss.</summary>
    public bool IsUnfinished => _shape is { IsComplete: false };

    /// <summary>Takes one event's data.</summary>
    public void Add(ReadOnlySpan<byte> data)
    {
        _events++;
        try
        {
            if (Utf8.IsValid(data))
            {
                var reader = new Utf8JsonReader(LoneSurrogates.Replace(data), new JsonReaderOptions { MaxDepth = MaxDepth });
                using var document = JsonDocument.ParseValue(ref reader);
                _shape ??= ShapeOf(document.RootElement);
                _shape?.Add(document.RootElement);
            }
        }
        catch (JsonException)
        {
            // [DONE] and other texts that are no JSON: they only matter to a stream of unknown shape.
        }

        if (_shape is null)
        {
            Keep(data);
        }
    }

    /// <summary>Writes the object.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, Relaxed);
        if (_shape is not null)
        {
            _shape.Write(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("body", BodyText.Lossy(_unknown.WrittenSpan));
        writer.WriteNumber("events", _events);
        writer.WriteEndObject();
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (_unknown.WrittenCount + data.Length + 1 > maxBytes)
        {
            IsCut = true;
            return;
        }

        if (_unknown.WrittenCount > 0)
        {
            _unknown.Write("\n"u8);
        }

        _unknown.Write(data);
    }

    private static IStreamShape? ShapeOf(JsonElement first)
    {
        first.TryGetText("type", out var type);
        first.TryGetText("object", out var kind);
        return (type, kind) switch
        {
            ("message_start", _) => new AnthropicMessage(),
            (not null, _) when type.StartsWith("response.", StringComparison.Ordinal) => new ResponsesAnswer(),
            (_, "chat.completion.chunk" or "text_completion") => new ChatCompletion(),
            _ => null,
        };
    }
}
