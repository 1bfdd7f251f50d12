using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>A request body while a shape reads it: collects texts, and which of them belong to which message.</summary>
internal readonly struct RequestReader(CallTarget target, JsonTree tree, AiCall call)
{
    private const int MaximumDepth = 8;
    private const int ShortestOther = 6;

    /// <summary>Where the call goes.</summary>
    public CallTarget Target => target;

    /// <summary>The body.</summary>
    public JsonTree Tree => tree;

    /// <summary>The call.</summary>
    public AiCall Call => call;

    /// <summary>The outermost value.</summary>
    public int Root => tree.Root;

    /// <summary>Whether the shape allows changes.</summary>
    public bool CanRedact { get; init; } = true;

    /// <summary>The values of an array, or of an object.</summary>
    public JsonItems Items(int node) => tree.Items(node);

    /// <summary>A member of the outermost object.</summary>
    public int Member(ReadOnlySpan<byte> name) => tree.Member(Root, name);

    /// <summary>Takes a string as text of a kind; anything else is ignored.</summary>
    public void Add(int node, TextKind kind, int message = -1)
    {
        if (tree.IsString(node) && tree.Take(node) && tree.Length(node) > 0 && call.Request.Count < AiCall.MaximumParts)
        {
            call.AddText(tree, node, kind, message, CanRedact);
        }
    }

    /// <summary>Takes all strings within a value.</summary>
    public void AddWithin(int node, TextKind kind, int message = -1)
    {
        if (node < 0)
        {
            return;
        }

        for (int at = node, end = tree.End(node); at < end; at++)
        {
            Add(at, kind, message);
        }
    }

    /// <summary>Leaves a value and what is in it out: pictures, signatures, encrypted state.</summary>
    public void Skip(int node)
    {
        if (node >= 0)
        {
            for (int at = node, end = tree.End(node); at < end; at++)
            {
                tree.Take(at);
            }
        }
    }

    /// <summary>Says that a value is a message of the conversation, in order.</summary>
    /// <returns>Its index.</returns>
    public int Message(int node, bool isAnswer)
    {
        call.Messages.Add((node, tree.End(node), isAnswer));
        return call.Messages.Count - 1;
    }

    /// <summary>
    /// Takes a content: a string, or a list of typed blocks as Anthropic, OpenAI, Cohere and MCP write them. Tool results are content themselves.
    /// </summary>
    public void Content(int node, TextKind kind, int message, int depth = 0)
    {
        if (tree.IsString(node))
        {
            Add(node, kind, message);
        }
        else if (tree.IsArray(node) && depth < MaximumDepth)
        {
            foreach (var block in Items(node))
            {
                Block(block, kind, message, depth);
            }
        }
        else if (tree.IsObject(node) && depth < MaximumDepth)
        {
            Block(node, kind, message, depth);
        }
    }

    /// <summary>Takes the strings that no one took, decides what is new, and adds what was not understood as one text.</summary>
    public void Finish()
    {
        for (var node = 0; node < tree.Count && call.Request.Count < AiCall.MaximumParts; node++)
        {
            if (tree.IsString(node) && tree.Length(node) >= ShortestOther)
            {
                Add(node, TextKind.Other, MessageAt(node));
            }
        }

        if (tree.Rest < tree.Utf8.Length)
        {
            call.Request.Add(new TextPart(tree.Utf8, tree.Rest, tree.Utf8.Length - tree.Rest, Redaction.TextCoding.Plain, "$ (not JSON)") { CanRedact = CanRedact });
        }

        var answered = call.Messages.FindLastIndex(message => message.IsAnswer);
        foreach (var part in call.Request)
        {
            part.IsNew = part.Message < 0 || part.Message > answered;
        }
    }

    private void Block(int block, TextKind kind, int message, int depth)
    {
        if (tree.IsString(block))
        {
            Add(block, kind, message);
            return;
        }

        var type = tree.Member(block, "type"u8);
        if (tree.Is(type, "tool_result"u8))
        {
            Content(tree.Member(block, "content"u8), TextKind.ToolResult, message, depth + 1);
        }
        else if (tree.Is(type, "tool_use"u8))
        {
            AddWithin(tree.Member(block, "input"u8), TextKind.ToolCall, message);
        }
        else if (tree.Is(type, "thinking"u8) || tree.Is(type, "redacted_thinking"u8))
        {
            // Signed: a changed byte makes the whole call invalid.
            Skip(block);
        }
        else if (IsAttachment(type))
        {
            Attachment(block, message);
        }
        else
        {
            Add(tree.Member(block, "text"u8), kind, message);
            Content(tree.Member(block, "content"u8), kind, message, depth + 1);
        }
    }

    private bool IsAttachment(int type) =>
        tree.Is(type, "image"u8) || tree.Is(type, "document"u8) || tree.Is(type, "image_url"u8) || tree.Is(type, "input_audio"u8)
        || tree.Is(type, "file"u8) || tree.Is(type, "input_image"u8) || tree.Is(type, "input_file"u8) || tree.Is(type, "audio"u8);

    private void Attachment(int block, int message)
    {
        var source = tree.Member(block, "source"u8);
        var file = tree.Member(block, "file"u8);
        var inner = source >= 0 ? source : file >= 0 ? file : block;
        var name = tree.Word(tree.Member(block, "title"u8)) ?? tree.Word(tree.Member(inner, "filename"u8)) ?? tree.Word(tree.Member(inner, "name"u8));
        var type = tree.Word(tree.Member(inner, "media_type"u8)) ?? tree.Word(tree.Member(inner, "mime_type"u8)) ?? tree.Word(tree.Member(inner, "mimeType"u8));
        Attachment(inner, name, type, message);
    }

    /// <summary>Takes a file: its type and size, and its text where it is one.</summary>
    /// <param name="inner">What holds its content.</param>
    /// <param name="name">Its name, where it has one.</param>
    /// <param name="type">Its media type, where it is told.</param>
    /// <param name="message">The message that it belongs to.</param>
    public void Attachment(int inner, string? name, string? type, int message)
    {
        long? bytes = null;
        for (int at = inner, end = tree.End(inner); at < end; at++)
        {
            if (!tree.IsString(at) || tree.Length(at) < 64)
            {
                continue;
            }

            var raw = tree.Raw(at);
            if (tree.Is(tree.Member(inner, "type"u8), "text"u8))
            {
                bytes = tree.Length(at);
                Add(at, TextKind.Attachment, message);
            }
            else if (DataUrl(raw, ref type) is { } data || (data = IsBase64(raw) ? raw.Length : 0) > 0)
            {
                bytes = data / 4L * 3;
                AddEncodedText(at, type, message);
                Skip(at);
            }
        }

        call.AddAttachment(name, type, bytes);
    }

    // A text file as base64 is read and cannot be masked in place.
    private void AddEncodedText(int node, string? type, int message)
    {
        if (type is null || !(type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml"))
        {
            return;
        }

        var raw = tree.Raw(node);
        var comma = raw.IndexOf((byte)',');
        var decoded = new byte[raw.Length];
        System.Buffers.Text.Base64.DecodeFromUtf8(raw[(comma + 1)..], decoded, out _, out var length);
        call.Request.Add(new TextPart(decoded.AsMemory(0, length), 0, length, Redaction.TextCoding.Plain, tree.PathOf(node))
        {
            Kind = TextKind.Attachment,
            Message = message,
            CanRedact = false,
        });
    }

    private static int? DataUrl(ReadOnlySpan<byte> raw, ref string? type)
    {
        if (!raw.StartsWith("data:"u8) || raw.IndexOf((byte)',') is not (> 0 and < 200 and var comma))
        {
            return null;
        }

        type ??= System.Text.Encoding.ASCII.GetString(raw[5..comma]).Split(';')[0];
        return raw.Length - comma - 1;
    }

    private static bool IsBase64(ReadOnlySpan<byte> raw) => System.Buffers.Text.Base64.IsValid(raw);

    private int MessageAt(int node)
    {
        var messages = call.Messages;
        var (low, high) = (0, messages.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (node < messages[middle].From)
            {
                high = middle - 1;
            }
            else if (node >= messages[middle].To)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }
}
