using System.Net.Http.Headers;

namespace AktoDivert.Capture.Records;

/// <summary>A content-type header (RFC 9110 section 8.3) as far as rendering needs it; a malformed one is an empty one.</summary>
internal readonly record struct MediaType(string Name, string Charset, string Boundary)
{
    public bool IsJson =>
        Name.EndsWith("/json", StringComparison.Ordinal) || Name.EndsWith("+json", StringComparison.Ordinal)
        || Name is "application/x-ndjson" or "application/jsonl" or "application/json-seq";

    public bool IsForm => Name == "application/x-www-form-urlencoded";

    public bool IsMultipart => Name.StartsWith("multipart/", StringComparison.Ordinal) && Boundary.Length > 0;

    public bool IsEventStream => Name == "text/event-stream";

    public static MediaType Parse(string contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var value) || value.MediaType is null)
        {
            return new MediaType("", "", "");
        }

        var boundary = value.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value ?? "";
        return new MediaType(value.MediaType.ToLowerInvariant(), value.CharSet?.Trim('"') ?? "", boundary.Trim('"'));
    }
}
