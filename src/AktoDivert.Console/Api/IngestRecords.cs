using System.Text.Json;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Api;

/// <summary>
/// Reads an <see cref="IngestBatch"/> one record at a time: a record's texts, which are several times as large as what becomes of them, are garbage
/// before the next one is read, and never outlive a collection together.
/// </summary>
internal static class IngestRecords
{
    /// <summary>What becomes of the records; null when the upload has no array of records.</summary>
    /// <param name="reader">At the beginning of the upload.</param>
    /// <param name="take">Makes of a record what is kept of it; null when nothing is.</param>
    /// <exception cref="JsonException">The upload is no JSON object, or a record lacks what every record has.</exception>
    public static List<T>? Read<T>(ref Utf8JsonReader reader, Func<IngestRecord, T?> take)
        where T : class
    {
        List<T>? taken = null;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        Expect(ref reader, JsonTokenType.StartObject, "an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isBatch = reader.ValueTextEquals("batchData"u8);
            reader.Read();
            if (isBatch)
            {
                taken = reader.TokenType == JsonTokenType.Null ? null : Records(ref reader, take);
            }
            else
            {
                reader.Skip();
            }
        }

        return taken;
    }

    private static List<T>? Records<T>(ref Utf8JsonReader reader, Func<IngestRecord, T?> take)
        where T : class
    {
        Expect(ref reader, JsonTokenType.StartArray, "an array");
        List<T>? taken = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (JsonSerializer.Deserialize(ref reader, WireJson.Default.IngestRecord) is not { } record)
            {
                taken = null;
            }
            else if (take(record) is { } one)
            {
                taken?.Add(one);
            }
        }

        return taken;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"At byte {reader.TokenStartIndex} {what} is expected.");
        }
    }
}
