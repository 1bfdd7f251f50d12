using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace AktoDivert.Capture.Sse.Reassembly;

/// <summary>Reads members of JSON that a stranger wrote: a member of another type counts as absent.</summary>
internal static class JsonElementExtensions
{
    public static bool TryGet(this JsonElement element, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind == kind;
    }

    public static bool TryGetText(this JsonElement element, string name, [NotNullWhen(true)] out string? text)
    {
        text = element.TryGet(name, JsonValueKind.String, out var value) ? TextOf(value) : null;
        return text is not null;
    }

    public static int Index(this JsonElement element, string name) =>
        element.TryGet(name, JsonValueKind.Number, out var value) && value.TryGetInt32(out var index) ? index : 0;

    /// <summary>Appends a string member to text that streams; absent leaves the text as it is.</summary>
    public static void AppendTo(this JsonElement element, string name, ref StringBuilder? text)
    {
        if (element.TryGetText(name, out var more))
        {
            (text ??= new StringBuilder()).Append(more);
        }
    }

    // GetString throws on an escaped lone surrogate, which a stream cut inside an emoji produces.
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
