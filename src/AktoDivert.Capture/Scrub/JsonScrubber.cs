using System.Buffers;
using System.Text.Json;

namespace AktoDivert.Capture.Scrub;

/// <summary>
/// Scrubs credentials in JSON by their member names at any depth, and closes JSON that a cut left open. It reads tokens and copies
/// the source's own bytes between them, so white space, number forms, escapes and duplicate members pass through unchanged. Clean text it
/// does not copy. Not thread-safe.
/// </summary>
internal sealed class JsonScrubber
{
    /// <summary>Deeper JSON counts as text.</summary>
    public const int MaxDepth = 256;

    private readonly JsonWalk _walk = new();

    private static ReadOnlySpan<byte> QuotedMark => "\"[scrubbed]\""u8;

    /// <summary>Scrubs one JSON text, or several after each other (NDJSON).</summary>
    /// <param name="json">Valid UTF-8, possibly cut at its end.</param>
    /// <param name="output">Receives the result when the outcome is <see cref="JsonScrubOutcome.Whole"/> or <see cref="JsonScrubOutcome.Closed"/>.</param>
    public JsonScrubOutcome Scrub(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(
            json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = MaxDepth }));
        var walk = _walk;
        walk.Begin();
        var copied = 0;
        try
        {
            while (reader.Read())
            {
                if (walk.Take(ref reader))
                {
                    output.Write(json[copied..(int)reader.TokenStartIndex]);
                    output.Write(QuotedMark);
                    copied = (int)reader.BytesConsumed;
                }
            }
        }
        catch (JsonException)
        {
            return JsonScrubOutcome.NotJson;
        }

        var end = (int)reader.BytesConsumed;
        var rest = json[end..];
        if (walk.Depth == 0)
        {
            if (!walk.HasValue || !rest.TrimStart(" \t\r\n"u8).IsEmpty)
            {
                return JsonScrubOutcome.NotJson;
            }

            if (copied == 0)
            {
                return JsonScrubOutcome.Clean;
            }

            output.Write(json[copied..]);
            return JsonScrubOutcome.Whole;
        }

        output.Write(json[copied..end]);
        Close(rest, walk, reader.TokenType == JsonTokenType.PropertyName, output);
        return JsonScrubOutcome.Closed;
    }

    private static void Close(ReadOnlySpan<byte> rest, JsonWalk walk, bool awaitsValue, IBufferWriter<byte> output)
    {
        rest = rest.TrimStart(" \t\r\n"u8);
        var comma = !rest.IsEmpty && rest[0] == ',';
        rest = comma ? rest[1..].TrimStart(" \t\r\n"u8) : rest;
        if (awaitsValue)
        {
            output.Write(walk.IsSecretWhenCut(rest) ? QuotedMark : rest.StartsWith("\""u8) ? Finished(rest) : "null"u8);
        }
        else if (walk.IsInArray && rest.StartsWith("\""u8))
        {
            output.Write(comma ? ","u8 : default);
            output.Write(walk.IsSecretWhenCut(rest) ? QuotedMark : Finished(rest));
        }

        while (walk.Depth > 0)
        {
            output.Write(walk.IsInArray ? "]"u8 : "}"u8);
            walk.Leave();
        }
    }

    // The longest part of a cut string that is valid: the cut may stand within an escape or within a surrogate pair of two escapes.
    private static byte[] Finished(ReadOnlySpan<byte> open)
    {
        for (var trim = 0; trim <= 12 && open.Length - trim >= 1; trim++)
        {
            byte[] candidate = [.. open[..(open.Length - trim)], .. "...[cut]\""u8];
            if (IsString(candidate))
            {
                return candidate;
            }
        }

        return [.. "\"[cut]\""u8];
    }

    private static bool IsString(byte[] candidate)
    {
        try
        {
            var reader = new Utf8JsonReader(candidate);
            return reader.Read() && reader.GetString() is not null && reader.BytesConsumed == candidate.Length;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
