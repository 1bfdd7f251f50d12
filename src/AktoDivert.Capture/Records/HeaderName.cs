using System.Text;
using AktoDivert.Capture.Scrub;

namespace AktoDivert.Capture.Records;

/// <summary>A header field's name, in lower case and judged once.</summary>
internal sealed class HeaderName
{
    private HeaderName(string name)
    {
        Utf8 = Encoding.UTF8.GetBytes(name);
        Kind = name.Length == 0 || name[0] == ':' || name == "content-encoding" ? HeaderKind.LeftOut
            : SensitiveNames.IsSecretHeader(name) ? HeaderKind.Secret
            : name is "location" or "content-location" or "referer" or "refresh" ? HeaderKind.Url
            : HeaderKind.Text;
        IsOurs = name is "host" or "x-forwarded-host";
    }

    /// <summary>The name in lower case.</summary>
    public byte[] Utf8 { get; }

    /// <summary>What it says of the value.</summary>
    public HeaderKind Kind { get; }

    /// <summary>Whether a request's record has a value of its own for it.</summary>
    public bool IsOurs { get; }

    /// <summary>Fields of this name in the block at hand that are not written yet.</summary>
    public int Left { get; set; }

    /// <summary>Judges a name as it was sent.</summary>
    public static HeaderName Of(ReadOnlySpan<byte> name) => new(Encoding.Latin1.GetString(name).ToLowerInvariant());
}
