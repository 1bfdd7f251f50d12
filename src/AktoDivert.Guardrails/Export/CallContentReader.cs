using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Calls;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Extractors;
using AktoDivert.Guardrails.Redaction;

namespace AktoDivert.Guardrails.Export;

/// <summary>
/// Reads what was said from a call's record. Secrets are masked whatever the policies say; personal data is masked as far as the record has
/// it masked. Not thread-safe.
/// </summary>
public sealed class CallContentReader
{
    /// <summary>Most characters of one attribute: of a longer conversation the newest messages.</summary>
    public const int MostCharacters = 128 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly DetectorSet _secrets = DetectorSet.Create(new DetectorOptions { Secrets = true }, new List<string>());
    private readonly List<Detection> _found = [];

    /// <summary>Reads a record. What is no AI call, or in no shape that is known, has no content.</summary>
    public CallContent Read(IngestRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Audit is not { Ai: { } facts } audit || ShapeCatalogue.Named(facts.Shape) is not { } shape)
        {
            return new CallContent(null, null, null);
        }

        var asked = Request(record, audit, shape);
        var system = asked.Where(said => said.Kind == TextKind.System).ToList();
        asked.RemoveAll(said => said.Kind == TextKind.System);
        var answered = Answer(record.ResponsePayload, shape);
        var tool = facts.ToolNames is [var only] ? only : "unknown";
        return new CallContent(
            Write(system, (json, texts) => Parts(json, texts, tool)),
            Write(asked, (json, texts) => Messages(json, texts, tool, null)),
            Write(answered, (json, texts) => Messages(json, texts, tool, facts.FinishReasons is [var reason, ..] ? reason : "unknown")));
    }

    private static List<SaidText> Request(IngestRecord record, ExchangeAudit audit, ApiShape shape)
    {
        var query = record.Path.IndexOf('?', StringComparison.Ordinal);
        var target = new CallTarget(record.Method, audit.Sni, query < 0 ? record.Path : record.Path[..query], "").With("content-type", "application/json");
        var call = new AiCall();
        CallExtractor.ReadRequest(target, Encoding.UTF8.GetBytes(record.RequestPayload), call, shape);
        List<SaidText> said = [.. call.Request.Where(part => part.Kind != TextKind.Other).Select(part => new SaidText(part.Kind, part.Message, part.Text))];
        call.ForgetTexts();
        return said;
    }

    private static List<SaidText> Answer(string payload, ApiShape shape)
    {
        var said = new List<SaidText>();
        using var reader = new AnswerReader();
        reader.Begin(new AiCall());
        if (!reader.TryRead(Encoding.UTF8.GetBytes(payload)))
        {
            return said;
        }

        var tree = reader.Tree;

        // A record has the events of a stream as the vendor's final message or, where there is none, one a line.
        if (tree.Text(tree.Member(tree.Root, "body"u8)) is { } lines && tree.Member(tree.Root, "events"u8) >= 0)
        {
            using var events = new AnswerReader();
            events.Begin(new AiCall());
            foreach (var line in lines.Split('\n'))
            {
                if (events.TryRead(Encoding.UTF8.GetBytes(line)))
                {
                    shape.ReadEvent(events);
                    Take(events, said);
                }
            }
        }
        else
        {
            shape.ReadResponse(reader);
            Take(reader, said);
        }

        return said;
    }

    // Deltas of one kind that follow each other are one text; a copy of what came as deltas is left out.
    private static void Take(AnswerReader reader, List<SaidText> said)
    {
        foreach (var piece in reader.Pieces)
        {
            var text = reader.Tree.Text(piece.Node)!;
            if (said.Count > 0 && said[^1].IsGrowing && text.StartsWith(said[^1].Text, StringComparison.Ordinal))
            {
                said[^1] = new SaidText(piece.Kind, 0, text) { IsGrowing = piece.IsGrowing };
            }
            else if (!piece.IsWhole && said.Count > 0 && said[^1].Kind == piece.Kind)
            {
                said[^1] = said[^1] with { Text = said[^1].Text + text };
            }
            else if (piece.Kind != TextKind.Other && !(piece.IsWhole && said.Exists(before => before.Text == text)))
            {
                said.Add(new SaidText(piece.Kind, 0, text) { IsGrowing = piece.IsGrowing });
            }
        }
    }

    private string? Write(List<SaidText> said, Action<Utf8JsonWriter, List<SaidText>> write)
    {
        var kept = Newest(said);
        if (kept.Count == 0)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Relaxed))
        {
            write(json, kept);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private List<SaidText> Newest(List<SaidText> said)
    {
        var (kept, room) = (new List<SaidText>(), MostCharacters);
        for (var i = said.Count - 1; i >= 0 && room > 0; i--)
        {
            // Masked before it is cut: half a secret looks like none.
            var text = Masked(said[i].Text);
            text = text.Length > room ? text[^room..] : text;
            room -= text.Length;
            kept.Add(said[i] with { Text = text });
        }

        kept.Reverse();
        return kept;
    }

    private string Masked(string text)
    {
        _found.Clear();
        _secrets.Scan(text, _found);
        if (_found.Count == 0)
        {
            return text;
        }

        var masked = new StringBuilder(text);
        foreach (var detection in _found)
        {
            var mask = new byte[detection.Length];
            Mask.Write(mask, "secrets", detection.Rule);
            for (var i = 0; i < mask.Length; i++)
            {
                masked[detection.Offset + i] = (char)mask[i];
            }
        }

        return masked.ToString();
    }

    private static void Messages(Utf8JsonWriter json, List<SaidText> said, string tool, string? finish)
    {
        json.WriteStartArray();
        for (var i = 0; i < said.Count;)
        {
            var (first, role) = (i, said[i].Role);
            while (i < said.Count && said[i].Role == role && said[i].Message == said[first].Message)
            {
                i++;
            }

            json.WriteStartObject();
            json.WriteString("role", role);
            json.WritePropertyName("parts");
            Parts(json, said[first..i], tool);
            if (finish is not null)
            {
                json.WriteString("finish_reason", finish);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Parts(Utf8JsonWriter json, List<SaidText> said, string tool)
    {
        json.WriteStartArray();
        foreach (var (kind, _, text) in said)
        {
            var (type, member) = kind switch
            {
                TextKind.ToolCall => ("tool_call", "arguments"),
                TextKind.ToolResult => ("tool_call_response", "response"),
                TextKind.Reasoning => ("reasoning", "content"),
                _ => ("text", "content"),
            };
            json.WriteStartObject();
            json.WriteString("type", type);
            if (kind == TextKind.ToolCall)
            {
                json.WriteString("name", tool);
            }

            json.WriteString(member, text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
