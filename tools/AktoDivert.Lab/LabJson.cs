using System.Text.Encodings.Web;
using System.Text.Json;

namespace AktoDivert.Lab;

/// <summary>How the lab prints JSON: for terminals and scripts, never into a page.</summary>
internal static class LabJson
{
    public static JsonSerializerOptions Lines { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
