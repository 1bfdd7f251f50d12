using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AktoDivert.Core.Wire;

/// <summary>Writes one object after the other into records, without garbage. Not thread-safe.</summary>
public sealed class WireObjectWriter : IDisposable
{
    // Quotes stand in every payload: escaped as \u0022 they would triple it.
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json = new(Stream.Null, Relaxed);

    /// <summary>Writes an object as JSON.</summary>
    /// <param name="value">The object.</param>
    /// <param name="type">Its type in <see cref="WireJson"/>, with generated serialisation.</param>
    /// <param name="json">Takes it.</param>
    public void Write<T>(T value, JsonTypeInfo<T> type, IBufferWriter<byte> json)
    {
        ArgumentNullException.ThrowIfNull(type);
        _json.Reset(json);
        type.SerializeHandler!(_json, value);
        _json.Flush();
    }

    /// <inheritdoc />
    public void Dispose() => _json.Dispose();
}
