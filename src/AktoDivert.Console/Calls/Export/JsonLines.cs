using System.Text.Json;
using System.Text.Json.Serialization;

namespace AktoDivert.Console.Calls.Export;

/// <summary>Calls as JSON, one object a line.</summary>
internal static class JsonLines
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Writes one call and its line end.</summary>
    public static async Task WriteAsync(Stream into, ExportedCall call, CancellationToken cancellation)
    {
        await JsonSerializer.SerializeAsync(into, call, Options, cancellation);
        await into.WriteAsync("\n"u8.ToArray(), cancellation);
    }
}
