using System.Text;
using System.Text.Json;
using AktoDivert.Capture.Records;

namespace AktoDivert.Capture.Scrub;

/// <summary>Follows a reader through JSON and tells which scalar values are credentials.</summary>
internal sealed class JsonWalk
{
    private const int LongestName = 128;

    private readonly ByteMemo<(Sensitivity, NameRole)> _names = new();
    private JsonScope[] _scopes = new JsonScope[16];
    private Sensitivity _next;
    private NameRole _role;

    private enum NameRole
    {
        None,
        Names,
        IsNamed,
    }

    /// <summary>Starts with another text.</summary>
    public void Begin()
    {
        _names.Trim();
        (Depth, HasValue, _next, _role) = (0, false, Sensitivity.None, NameRole.None);
    }

    /// <summary>Open objects and arrays.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether a whole value was seen at the top level.</summary>
    public bool HasValue { get; private set; }

    public bool IsInArray => Depth > 0 && _scopes[Depth].IsArray;

    /// <summary>
    /// Whether a next value that is cut off counts as a credential: what is left of it has no blank, as no credential has.
    /// </summary>
    public bool IsSecretWhenCut(ReadOnlySpan<byte> rest) => (IsInArray ? _scopes[Depth].Elements : _next) switch
    {
        Sensitivity.Always => true,
        Sensitivity.IfShaped => !rest.Contains((byte)' '),
        _ => false,
    };

    /// <summary>Takes the reader's token; true when it is a value to be replaced.</summary>
    public bool Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                TakeName(ref reader);
                return false;
            case JsonTokenType.StartObject:
                // An object named "value" in a list of attributes holds the value under a type's name: {"stringValue": "..."}.
                Enter(isArray: false, Sensitivity.None, _role == NameRole.IsNamed ? _next : Sensitivity.None);
                return false;
            case JsonTokenType.StartArray:
                Enter(isArray: true, IsInArray ? _scopes[Depth].Elements : _next, Sensitivity.None);
                return false;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Leave();
                return false;
            default:
                HasValue |= Depth == 0;
                return TakeScalar(ref reader);
        }
    }

    /// <summary>Leaves the innermost object or array.</summary>
    public void Leave()
    {
        Depth--;
        HasValue |= Depth == 0;
        _next = Sensitivity.None;
    }

    private void TakeName(ref Utf8JsonReader reader)
    {
        (_next, _role) = reader.ValueSpan.Length > LongestName ? default
            : reader.ValueIsEscaped ? JudgeEscaped(ref reader)
            : _names.GetOrAdd(reader.ValueSpan, static name => Judge(Encoding.UTF8.GetString(name)));
        if (_role == NameRole.IsNamed && _scopes[Depth].Named > _next)
        {
            _next = _scopes[Depth].Named;
        }
    }

    private static (Sensitivity, NameRole) JudgeEscaped(ref Utf8JsonReader reader)
    {
        Span<char> buffer = stackalloc char[LongestName];
        return Judge(buffer[..CopyShort(ref reader, buffer)]);
    }

    private static (Sensitivity, NameRole) Judge(ReadOnlySpan<char> name) => (
        SensitiveNames.OfMember(name),
        name switch
        {
            "name" or "key" => NameRole.Names,
            "value" or "stringValue" => NameRole.IsNamed,
            _ => NameRole.None,
        });

    private bool TakeScalar(ref Utf8JsonReader reader)
    {
        var sensitivity = IsInArray ? _scopes[Depth].Elements : _next;
        var role = IsInArray ? NameRole.None : _role;
        _next = Sensitivity.None;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            return false;
        }

        if (role == NameRole.Names && Depth > 0 && reader.TokenType == JsonTokenType.String)
        {
            Span<char> buffer = stackalloc char[LongestName];
            var name = buffer[..CopyShort(ref reader, buffer)];
            var isHeader = name.Contains('-') || name.Contains('.');
            var last = name[(name.LastIndexOf('.') + 1)..];
            var named = SensitiveNames.OfMember(last);
            _scopes[Depth].Named = isHeader && SensitiveNames.IsSecretHeader(last.ToString().ToLowerInvariant())
                ? Sensitivity.Always
                : named;
        }

        return sensitivity switch
        {
            Sensitivity.Always => reader.ValueSpan.Length > 0,
            Sensitivity.IfShaped when reader.TokenType == JsonTokenType.String => LooksLikeCredential(ref reader),
            _ => false,
        };
    }

    private void Enter(bool isArray, Sensitivity elements, Sensitivity named)
    {
        if (++Depth == _scopes.Length)
        {
            Array.Resize(ref _scopes, Depth * 2);
        }

        _scopes[Depth] = new JsonScope { IsArray = isArray, Elements = elements, Named = named };
        _next = Sensitivity.None;
        _role = NameRole.None;
    }

    private static bool LooksLikeCredential(ref Utf8JsonReader reader)
    {
        Span<char> buffer = stackalloc char[4096];
        return SecretShapes.LooksLikeCredential(buffer[..CopyShort(ref reader, buffer)]);
    }

    // Names and keys are short; a longer text is neither and gives an empty span. So does an escaped lone surrogate, which has no UTF-16
    // form.
    private static int CopyShort(ref Utf8JsonReader reader, scoped Span<char> buffer)
    {
        try
        {
            return reader.ValueSpan.Length <= buffer.Length ? reader.CopyString(buffer) : 0;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}
