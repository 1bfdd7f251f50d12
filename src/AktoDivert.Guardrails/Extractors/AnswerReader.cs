using System.Globalization;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Json;

namespace AktoDivert.Guardrails.Extractors;

/// <summary>One event of an answer after the other, or a whole answer, while a shape reads it.</summary>
internal sealed class AnswerReader : IDisposable
{
    /// <summary>Most texts taken of one event.</summary>
    public const int MaximumPieces = 4096;

    private static readonly AiCall Nothing = new();

    /// <summary>The event.</summary>
    public JsonTree Tree { get; } = new();

    /// <summary>The call.</summary>
    public AiCall Call { get; private set; } = Nothing;

    /// <summary>What the shape keeps from event to event.</summary>
    public StreamState State { get; } = new();

    /// <summary>The outermost value.</summary>
    public int Root => Tree.Root;

    /// <summary>Texts found, in document order.</summary>
    public List<AnswerPiece> Pieces { get; } = [];

    /// <summary>Tools that the model calls in this event; null: none.</summary>
    public List<string>? Tools { get; private set; }

    /// <summary>Channels that end with this event, by prefix; null: none. Empty: all.</summary>
    public string? EndedChannels { get; private set; }

    /// <summary>Begins to read an answer into a call.</summary>
    public void Begin(AiCall call)
    {
        Call = call;
        State.Clear();
    }

    /// <summary>Reads an event of the answer; false when it is no JSON object or array, and nothing else.</summary>
    /// <param name="json">The event; unchanged until the next one, or until disposal.</param>
    public bool TryRead(ReadOnlyMemory<byte> json)
    {
        Pieces.Clear();
        (EndedChannels, Tools) = (null, null);
        Tree.Read(json);
        return Tree.IsComplete && Tree.Kind(Tree.Root) <= JsonNodeKind.Array;
    }

    /// <summary>Lets the event and the call go, and gives what is pooled back. It may begin again.</summary>
    public void Dispose()
    {
        Tree.Dispose();
        Pieces.Clear();
        Tools = null;
        Call = Nothing;
    }

    /// <summary>A member of the outermost object.</summary>
    public int Member(ReadOnlySpan<byte> name) => Tree.Member(Root, name);

    /// <summary>The values of an array, or of an object.</summary>
    public JsonItems Items(int node) => Tree.Items(node);

    /// <summary>A text that continues a channel.</summary>
    public void Delta(int node, string channel, TextKind kind) => Add(node, channel, kind, isWhole: false);

    /// <summary>A text that stands for itself: an aggregated copy, or an answer that came whole.</summary>
    public void Whole(int node, TextKind kind) => Add(node, "", kind, isWhole: true);

    /// <summary>A text that stands for itself so far: later events repeat it with more behind it, and at last whole.</summary>
    public void Growing(int node, TextKind kind) => Add(node, "", kind, isWhole: true, isGrowing: true);

    /// <summary>All strings within a value, each for itself.</summary>
    public void WholeWithin(int node, TextKind kind)
    {
        if (node < 0)
        {
            return;
        }

        for (int at = node, end = Tree.End(node); at < end; at++)
        {
            Whole(at, kind);
        }
    }

    /// <summary>A tool that the model calls.</summary>
    public void Tool(string? name)
    {
        if (name is { Length: > 0 })
        {
            Call.AddTool(name);
            (Tools ??= []).Add(name);
        }
    }

    /// <summary>Channels whose names begin so end here.</summary>
    public void End(string prefix) => EndedChannels = EndedChannels is null ? prefix : "";

    /// <summary>Name of a channel.</summary>
    public static string Channel(string name, params ReadOnlySpan<long?> numbers)
    {
        foreach (var number in numbers)
        {
            name += string.Create(CultureInfo.InvariantCulture, $"/{number ?? 0}");
        }

        return name;
    }

    private void Add(int node, string channel, TextKind kind, bool isWhole, bool isGrowing = false)
    {
        if (Tree.IsString(node) && Tree.Length(node) > 0 && Pieces.Count < MaximumPieces)
        {
            Pieces.Add(new AnswerPiece(node, channel, kind, isWhole, isGrowing));
            if (kind == TextKind.Assistant && isGrowing)
            {
                Call.AnswerCharacters = Math.Max(Call.AnswerCharacters, Tree.Length(node));
                State.HasDeltas = true;
            }
            else if (kind == TextKind.Assistant)
            {
                Call.AnswerCharacters += isWhole && State.HasDeltas ? 0 : Tree.Length(node);
                State.HasDeltas |= !isWhole;
            }
        }
    }
}
