using System.Text;
using System.Text.Json;

namespace AktoDivert.Console.Calls;

/// <summary>Finds the model a JSON body names in its top-level member <c>model</c>, without building a document.</summary>
internal static class ModelName
{
    private const int LongestName = 128;

    /// <summary>The name, or null when the body is no JSON object or names none.</summary>
    public static string? Find(string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith('{'))
        {
            return null;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(body));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var found = reader.ValueTextEquals("model"u8);
                reader.Read();
                if (found && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestName)
                {
                    return reader.GetString();
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON after all, or a name in invalid UTF-8: bodies are what apps send.
        }

        return null;
    }
}
