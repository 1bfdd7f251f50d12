using System.Text;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Console.Calls;

/// <summary>
/// Masks secrets and personal data in a record's content before it is stored, for apps of which only redacted content is kept. Lengths stay,
/// and so do the quotes and escapes of JSON, so what was JSON still is.
/// </summary>
internal sealed class ContentMask
{
    // Loading the rules takes time and memory, which a console that redacts nothing need not spend.
    private readonly Lazy<DetectorSet> _detectors = new(Detectors);

    /// <summary>The record with its headers, bodies, messages and address masked.</summary>
    public IngestRecord Apply(IngestRecord record) => record with
    {
        Path = Apply(record.Path),
        RequestHeaders = Apply(record.RequestHeaders),
        RequestPayload = Apply(record.RequestPayload),
        ResponseHeaders = Apply(record.ResponseHeaders),
        ResponsePayload = Apply(record.ResponsePayload),
        Audit = record.Audit is { } audit
            ? audit with { Url = Apply(audit.Url), Messages = audit.Messages?.Select(m => m with { Text = Apply(m.Text) }).ToList() }
            : null,
    };

    /// <summary>The text with what detectors find replaced by stars.</summary>
    public string Apply(string text)
    {
        var found = new List<Detection>();
        _detectors.Value.Scan(text, found);
        if (found.Count == 0)
        {
            return text;
        }

        var masked = new StringBuilder(text);
        foreach (var detection in found)
        {
            for (var i = detection.Offset; i < detection.End; i++)
            {
                if (text[i] == '\\')
                {
                    i++;
                }
                else if (text[i] != '"')
                {
                    masked[i] = '*';
                }
            }
        }

        return masked.ToString();
    }

    private static DetectorSet Detectors()
    {
        // Addresses of pages are in every header, and hide nobody.
        string[] entities = [.. DetectorSet.PiiEntities.Where(e => e != "url")];
        return DetectorSet.Create(new DetectorOptions { Secrets = true, Pii = entities }, new List<string>());
    }
}
