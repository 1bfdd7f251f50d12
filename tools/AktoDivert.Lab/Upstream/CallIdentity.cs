using System.Text.RegularExpressions;

namespace AktoDivert.Lab.Upstream;

/// <summary>Finds the client run a request belongs to: a header of our own, or the made-up credential programs of others carry along.</summary>
internal static partial class CallIdentity
{
    public static string Of(IHeaderDictionary headers)
    {
        if (headers["x-lab-call"].ToString() is { Length: > 0 } named)
        {
            return named;
        }

        var match = Credential().Match(string.Join(' ', headers.Authorization.ToString(), headers["x-api-key"], headers["chatgpt-account-id"]));
        return match.Success ? match.Groups[1].Value : "";
    }

    /// <summary>A key for the lab's servers that carries the call along.</summary>
    /// <param name="call">Letters and digits.</param>
    /// <param name="webSockets">False for a client whose WebSocket upgrades are to be refused.</param>
    public static string MakeKey(string call, bool webSockets = true) => $"sk-{(webSockets ? "made-up" : "no-websocket")}-lab-{call}";

    /// <summary>Whether the request's key asks for its WebSocket upgrade to be refused.</summary>
    public static bool RefusesWebSockets(IHeaderDictionary headers) =>
        headers.Authorization.ToString().Contains("no-websocket-lab-", StringComparison.Ordinal);

    [GeneratedRegex("lab-([0-9a-z]+)", RegexOptions.None, 1000)]
    private static partial Regex Credential();
}
