using System.Net.Http.Headers;
using AktoDivert.Capture.Decode;

namespace AktoDivert.Capture.Records;

/// <summary>A content-type header (RFC 9110 section 8.3) as far as rendering needs it; a malformed one is an empty one.</summary>
/// <param name="Kind">What its content is rendered as.</param>
/// <param name="Charset">What its text is written in.</param>
/// <param name="Boundary">What stands between the parts of a multipart content; empty for others.</param>
internal readonly record struct MediaType(MediaKind Kind, BodyCharset Charset, string Boundary)
{
    private static readonly string[] BinaryTypes =
    [
        "image/", "audio/", "video/", "font/", "application/octet-stream", "application/grpc", "application/connect+proto",
        "application/proto", "application/x-protobuf", "application/protobuf", "application/vnd.amazon.eventstream",
        "application/zip", "application/gzip", "application/pdf",
    ];

    public static MediaType Parse(string contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var value) || value.MediaType is null)
        {
            return new MediaType(MediaKind.Text, BodyCharset.Utf8, "");
        }

        var boundary = value.Parameters.FirstOrDefault(p => p.Name.Equals("boundary", StringComparison.OrdinalIgnoreCase))?.Value ?? "";
        boundary = boundary.Trim('"');
        return new MediaType(KindOf(value.MediaType.ToLowerInvariant(), boundary), CharsetOf(value.CharSet?.Trim('"').ToLowerInvariant()), boundary);
    }

    private static MediaKind KindOf(string name, string boundary)
    {
        if (name.StartsWith("multipart/", StringComparison.Ordinal) && boundary.Length > 0)
        {
            return MediaKind.Multipart;
        }

        if (BinaryTypes.Any(type => name.StartsWith(type, StringComparison.Ordinal)))
        {
            return MediaKind.Binary;
        }

        return name switch
        {
            "text/event-stream" => MediaKind.EventStream,
            "application/x-www-form-urlencoded" => MediaKind.Form,
            "application/x-ndjson" or "application/jsonl" or "application/json-seq" => MediaKind.Json,
            _ when name.EndsWith("/json", StringComparison.Ordinal) || name.EndsWith("+json", StringComparison.Ordinal) => MediaKind.Json,
            _ => MediaKind.Text,
        };
    }

    private static BodyCharset CharsetOf(string? name) => name switch
    {
        "iso-8859-1" or "latin1" or "windows-1252" or "us-ascii" => BodyCharset.Latin1,
        "utf-16" or "utf-16le" => BodyCharset.Utf16LittleEndian,
        "utf-16be" => BodyCharset.Utf16BigEndian,
        _ => BodyCharset.Utf8,
    };
}
