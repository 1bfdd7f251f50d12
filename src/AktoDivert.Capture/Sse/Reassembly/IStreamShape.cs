using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>Builds the message that a vendor would have sent without streaming from the events it did send.</summary>
internal interface IStreamShape
{
    /// <summary>Whether the event that ends a whole answer was seen.</summary>
    bool IsComplete { get; }

    /// <summary>Takes one event's JSON object. Unknown events and members are passed over.</summary>
    void Add(JsonElement data);

    /// <summary>Writes the message as one JSON object.</summary>
    void Write(Utf8JsonWriter writer);
}
