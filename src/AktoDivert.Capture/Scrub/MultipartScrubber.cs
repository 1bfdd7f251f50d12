using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace AktoDivert.Capture.Scrub;

/// <summary>
/// Renders a multipart body (RFC 7578) as text: fields of a credential's name are scrubbed, binary parts become
/// <c>[binary, N bytes]</c>, everything else stays as it is.
/// </summary>
internal static partial class MultipartScrubber
{
    private const int MaxPartHeader = 8 * 1024;

    /// <summary>The body as text.</summary>
    /// <param name="body">The whole body, or its kept beginning.</param>
    /// <param name="boundary">The boundary parameter of the content type, without quotes.</param>
    public static string Scrub(ReadOnlySpan<byte> body, string boundary)
    {
        var delimiter = Encoding.UTF8.GetBytes("--" + boundary);
        var output = new StringBuilder();
        while (!body.IsEmpty)
        {
            var next = body.IndexOf(delimiter);
            AppendPart(body[..(next < 0 ? body.Length : next)], output);
            if (next < 0)
            {
                break;
            }

            output.Append("--").Append(boundary);
            body = body[(next + delimiter.Length)..];
        }

        return output.ToString();
    }

    private static void AppendPart(ReadOnlySpan<byte> part, StringBuilder output)
    {
        var end = part[..Math.Min(part.Length, MaxPartHeader)].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            AppendContent(part, output);
            return;
        }

        var header = Encoding.UTF8.GetString(part[..(end + 4)]);
        var content = part[(end + 4)..];
        output.Append(header);
        var name = FieldName().Match(header);
        if (name.Success && SensitiveNames.OfParameter(name.Groups["name"].ValueSpan) == Sensitivity.Always)
        {
            output.Append(SecretShapes.Mark).Append("\r\n");
            return;
        }

        AppendContent(content, output);
    }

    private static void AppendContent(ReadOnlySpan<byte> content, StringBuilder output)
    {
        if (!Utf8.IsValid(content))
        {
            output.Append("[binary, ").Append(content.Length).Append(" bytes]\r\n");
            return;
        }

        output.Append(TextScrubber.Scrub(Encoding.UTF8.GetString(content)));
    }

    [GeneratedRegex(@"[;\s]name=""?(?<name>[^"";\r\n]{1,96})",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex FieldName();
}
