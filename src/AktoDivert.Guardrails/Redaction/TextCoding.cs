namespace AktoDivert.Guardrails.Redaction;

/// <summary>How a text is written in the bytes of a body.</summary>
internal enum TextCoding : byte
{
    /// <summary>As UTF-8.</summary>
    Plain,

    /// <summary>As a JSON string, without its quotes.</summary>
    Json,

    /// <summary>As a value of a form: percent-encoded, <c>+</c> for a space.</summary>
    Form,
}
