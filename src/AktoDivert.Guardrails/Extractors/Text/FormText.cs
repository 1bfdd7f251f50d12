using System.Text;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Extractors.Text;

/// <summary>The texts of a form (<c>application/x-www-form-urlencoded</c>).</summary>
internal static class FormText
{
    /// <summary>Adds each value.</summary>
    public static void Read(ReadOnlyMemory<byte> body, AiCall call)
    {
        var bytes = body.Span;
        for (var at = 0; at < bytes.Length && call.Request.Count < AiCall.MaximumParts;)
        {
            var length = bytes[at..].IndexOf((byte)'&');
            length = length < 0 ? bytes.Length - at : length;
            var pair = bytes.Slice(at, length);
            var equals = pair.IndexOf((byte)'=');
            var value = equals < 0 ? 0 : equals + 1;
            if (length > value)
            {
                var name = Encoding.Latin1.GetString(pair[..Math.Min(Math.Max(equals, 0), 64)]);
                call.Request.Add(new TextPart(body, at + value, length - value, TextCoding.Form, $"form {name}"));
            }

            at += length + 1;
        }
    }
}
