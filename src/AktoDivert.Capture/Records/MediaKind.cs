namespace AktoDivert.Capture.Records;

/// <summary>What a content is rendered as.</summary>
internal enum MediaKind
{
    /// <summary>Text of no kind that is known; JSON if it looks like it.</summary>
    Text,

    /// <summary>JSON, or several JSON texts after each other.</summary>
    Json,

    /// <summary>A form's fields.</summary>
    Form,

    /// <summary>Server-sent events.</summary>
    EventStream,

    /// <summary>Several parts.</summary>
    Multipart,

    /// <summary>Not text, whatever its bytes look like.</summary>
    Binary,
}
