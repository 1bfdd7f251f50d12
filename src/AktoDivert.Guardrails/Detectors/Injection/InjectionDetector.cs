namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>
/// Prompt injections and jailbreaks, in the wording of a person or hidden in content. A linear model judges every window of one to
/// three sentences; encoded passages are decoded and judged the same way.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="threshold">Score from which to report.</param>
internal sealed class InjectionDetector(InjectionModel model, double threshold) : IDetector
{
    /// <summary>What all detections of this detector are.</summary>
    public const string Entity = "prompt_injection";

    private const int MostDecoded = 2048;

    /// <inheritdoc />
    public string Name => "injection";

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        var whole = new WindowSink(model);
        FeatureReader.Read(text, ref whole);
        var before = found.Count;
        Span<char> decoded = stackalloc char[MostDecoded];
        for (var at = 0; EncodedText.Next(text, ref at, decoded, out var length, out var end, out var coding);)
        {
            var sink = new WindowSink(model);
            FeatureReader.Read(decoded[..length], ref sink);
            if (sink.Score >= threshold)
            {
                Report(sink, at, end - at, $" (in {coding})", found);
            }

            at = end;
        }

        // What stands in a code says more than the sentence that it stands in.
        if (whole.Score >= threshold && !Overlaps.Any(found, before, whole.Start, whole.End))
        {
            Report(whole, whole.Start, whole.End - whole.Start, "", found);
        }
    }

    /// <summary>Nothing: an injection is judged as a whole, and not masked.</summary>
    public int HoldFrom(ReadOnlySpan<char> text) => text.Length;

    private void Report(WindowSink sink, int start, int length, string where, List<Detection> found)
    {
        var (rule, reason) = sink.Met >= 0 ? (InjectionPatterns.All[sink.Met].Name, InjectionPatterns.All[sink.Met].Reason) : ("wording", "is worded like known injections");
        found.Add(new Detection(Name, Entity, rule, sink.Score, start, length, reason + where));
    }
}
