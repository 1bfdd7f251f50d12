using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls.Export;

/// <summary>A call as it leaves the console: credentials masked.</summary>
internal sealed record ExportedCall
{
    /// <summary>Masks a call.</summary>
    public static ExportedCall From(CallRow call, CallContent content) => new()
    {
        Call = call,
        Url = SecretMask.Url(call.Url),
        RequestHeaders = Masked(content.RequestHeaders),
        RequestBody = SecretMask.Text(content.RequestBody),
        ResponseHeaders = Masked(content.ResponseHeaders),
        ResponseBody = SecretMask.Text(content.ResponseBody),
        Messages = [.. content.Messages.Select(m => new ExportedMessage(m.FromApp, m.UnixMilliseconds, SecretMask.Text(m.Text)))],
    };

    /// <summary>The call without its content.</summary>
    public required CallRow Call { get; init; }

    /// <summary>Full address.</summary>
    public required string Url { get; init; }

    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    public required string RequestBody { get; init; }

    public required IReadOnlyDictionary<string, string> ResponseHeaders { get; init; }

    public required string ResponseBody { get; init; }

    /// <summary>WebSocket messages, oldest first.</summary>
    public required IReadOnlyList<ExportedMessage> Messages { get; init; }

    private static Dictionary<string, string> Masked(IReadOnlyDictionary<string, string> headers) =>
        headers.ToDictionary(h => h.Key, h => SecretMask.Header(h.Key, h.Value), StringComparer.OrdinalIgnoreCase);
}
