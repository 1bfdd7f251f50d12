using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Http1;

/// <summary>Copies fields into a header block.</summary>
internal static class Http1Fields
{
    /// <summary>Adds all fields left in <paramref name="fields"/>; false when one is malformed.</summary>
    public static bool TryAdd(Http1FieldReader fields, HeaderBlock headers)
    {
        while (fields.TryRead(out var name, out var value))
        {
            headers.Add(name, value);
        }

        return !fields.IsMalformed;
    }
}
