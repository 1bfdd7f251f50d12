using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>Where a call goes, and the header fields that extractors look at. Names are lower case.</summary>
internal sealed class CallTarget
{
    private static readonly (string Name, byte[] Utf8)[] Kept =
    [
        ("content-type", "content-type"u8.ToArray()), ("accept", "accept"u8.ToArray()), ("upgrade", "upgrade"u8.ToArray()),
        ("authorization", "authorization"u8.ToArray()), ("mcp-session-id", "mcp-session-id"u8.ToArray()),
        ("mcp-protocol-version", "mcp-protocol-version"u8.ToArray()), ("x-claude-code-session-id", "x-claude-code-session-id"u8.ToArray()),
        ("anthropic-version", "anthropic-version"u8.ToArray()), ("chatgpt-account-id", "chatgpt-account-id"u8.ToArray()),
        ("openai-organization", "openai-organization"u8.ToArray()), ("anthropic-organization-id", "anthropic-organization-id"u8.ToArray()),
        ("x-github-organization", "x-github-organization"u8.ToArray()),
        ("connect-protocol-version", "connect-protocol-version"u8.ToArray()), ("x-amz-content-sha256", "x-amz-content-sha256"u8.ToArray()),
    ];

    // A handful.
    private readonly List<(string Name, string Value)> _fields = [];
    private string? _mediaType;

    /// <summary>A target that is read later.</summary>
    public CallTarget()
    {
    }

    /// <summary>A target without fields.</summary>
    public CallTarget(string method, string host, string path, string query) => (Method, Host, Path, Query) = (method, host, path, query);

    /// <summary>HTTP method.</summary>
    public string Method { get; private set; } = "";

    /// <summary>Host without port, lower case.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Path without query.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Query without its question mark.</summary>
    public string Query { get; private set; } = "";

    /// <summary>Media type of the request body, lower case without parameters.</summary>
    public string MediaType => _mediaType ??= MediaTypeOf(Field("content-type"));

    /// <summary>Whether it asks for a WebSocket.</summary>
    public bool IsUpgrade => Field("upgrade").Contains("websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Value of one of the fields kept; empty when absent.</summary>
    public string Field(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name == name)
            {
                return field.Value;
            }
        }

        return "";
    }

    /// <summary>The media type of a content-type field, lower case without parameters.</summary>
    public static string MediaTypeOf(string contentType)
    {
        var name = contentType.AsSpan();
        var end = name.IndexOf(';');
        name = (end < 0 ? name : name[..end]).Trim();
        return Lower(name.Length == contentType.Length ? contentType : name.ToString());
    }

    /// <summary>The same call with a field.</summary>
    public CallTarget With(string name, string value)
    {
        _fields.RemoveAll(field => field.Name == name);
        _fields.Add((name, value));
        _mediaType = null;
        return this;
    }

    /// <summary>Where a request goes.</summary>
    /// <param name="request">Its fields.</param>
    /// <param name="host">Host to take where the request names none.</param>
    public static CallTarget Of(HeaderBlock request, string host)
    {
        var target = new CallTarget();
        target.Read(request, host);
        return target;
    }

    /// <summary>Reads the head of a request in place of the one before.</summary>
    /// <param name="request">Its fields.</param>
    /// <param name="host">Host to take where the request names none.</param>
    public void Read(HeaderBlock request, string host)
    {
        var authority = Find(request, ":authority"u8) is { Length: > 0 } named ? named : Find(request, "host"u8) is { Length: > 0 } field ? field : host;
        var colon = authority.LastIndexOf(':');
        if (colon > 0 && authority.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0 && !authority.EndsWith(']'))
        {
            authority = authority[..colon];
        }

        // A query may hold a credential: it is not interned.
        var path = request.Find(":path"u8, out _);
        var query = path.IndexOf((byte)'?');
        (Method, Host) = (Find(request, ":method"u8), Lower(authority));
        (Path, Query) = (Interned.Latin1(query < 0 ? path : path[..query]), query < 0 ? "" : Encoding.Latin1.GetString(path[(query + 1)..]));
        _fields.Clear();
        _mediaType = null;
        for (var i = 0; i < request.Count; i++)
        {
            if (KeptName(request.Name(i)) is { } name && Field(name).Length == 0)
            {
                // Of a credential only its scheme: no one needs more.
                var value = request.Value(i);
                value = name == "authorization" ? value[..(value.IndexOf((byte)' ') + 1)] : value;
                _fields.Add((name, Interned.Latin1(value)));
            }
        }

        if (Find(request, ":protocol"u8) == "websocket")
        {
            With("upgrade", "websocket");
        }
    }

    // Nearly always it is lower case already.
    private static string Lower(string text) => Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('A', 'Z') ? text : text.ToLowerInvariant();

    private static string? KeptName(ReadOnlySpan<byte> sent)
    {
        foreach (var (name, utf8) in Kept)
        {
            if (utf8.Length == sent.Length && Ascii.EqualsIgnoreCase(utf8, sent))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Value of a field; empty when absent.</summary>
    public static string Find(HeaderBlock fields, ReadOnlySpan<byte> name) => Interned.Latin1(fields.Find(name, out _));
}
