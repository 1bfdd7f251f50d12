namespace AktoDivert.Guardrails.Json;

/// <summary>Kind of a JSON value.</summary>
internal enum JsonNodeKind : byte
{
    /// <summary>Object.</summary>
    Object,

    /// <summary>Array.</summary>
    Array,

    /// <summary>String.</summary>
    String,

    /// <summary>Number.</summary>
    Number,

    /// <summary>True, false or null.</summary>
    Literal,
}
