using System.Text;

namespace AktoDivert.Console.Calls.Export;

/// <summary>A call as a curl command for a POSIX shell, credentials masked.</summary>
internal static class CurlCommand
{
    // curl computes these, and HTTP/2's pseudo headers are not headers.
    private static readonly string[] Computed = ["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "x-forwarded-host"];

    /// <summary>Writes the command, one option a line.</summary>
    public static string Of(ExportedCall call)
    {
        var command = new StringBuilder("curl ").Append(Quote(call.Url));
        if (call.Call.Method is not ("GET" or ""))
        {
            command.Append(" \\\n  -X ").Append(Quote(call.Call.Method));
        }

        foreach (var (name, value) in call.RequestHeaders.Where(h => !h.Key.StartsWith(':') && !Computed.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            command.Append(" \\\n  -H ").Append(Quote($"{name}: {value}"));
        }

        if (call.RequestBody.Length > 0)
        {
            command.Append(" \\\n  --data-raw ").Append(Quote(call.RequestBody));
        }

        return command.Append('\n').ToString();
    }

    // Inside single quotes a shell takes everything as it is but the quote itself.
    private static string Quote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
