using System.Text.Json;
using System.Text.RegularExpressions;

namespace AktoDivert.Lab.Clients;

/// <summary>What a client says about its call, in the last line of its output that is a JSON object (a page dump may surround it).</summary>
internal sealed partial record ClientReading(bool Ok, int Status, string Detail, string Sent, string Received)
{
    /// <summary>Reads a client's output; null when it holds no report.</summary>
    public static ClientReading? Parse(string output)
    {
        var report = Report().Matches(output).LastOrDefault()?.Value;
        if (report is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(report);
            var root = document.RootElement;
            return new ClientReading(
                root.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True,
                root.TryGetProperty("status", out var status) && status.TryGetInt32(out var code) ? code : 0,
                Text(root, "detail"),
                Text(root, "sentSha256"),
                Text(root, "receivedSha256"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    [GeneratedRegex("""\{"ok":.*\}""", RegexOptions.None, 1000)]
    private static partial Regex Report();
}
