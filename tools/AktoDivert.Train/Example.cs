using System.Runtime.InteropServices;
using AktoDivert.Guardrails.Detectors.Injection;

namespace AktoDivert.Train;

/// <summary>One text to learn from.</summary>
internal sealed class Example
{
    /// <summary>Reads the features of the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="attack">Whether it is one.</param>
    /// <param name="line">Line it comes from: texts of one line are never split between training and validation.</param>
    public Example(string text, bool attack, int line)
    {
        (Text, Attack, Line) = (text, attack, line);
        var sink = new SentenceSink([[]], [new PatternScore()]);
        FeatureReader.Read(text, ref sink);
        var read = sink.Sentences.Zip(sink.Doubts).Where(s => s.First.Count > 0).ToArray();
        Sentences = [.. read.Select(s => s.First.ToArray())];
        Doubts = [.. read.Select(s => s.Second.Doubt)];
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Whether it is an attack.</summary>
    public bool Attack { get; }

    /// <summary>Line it comes from.</summary>
    public int Line { get; }

    /// <summary>Features by sentence.</summary>
    public IReadOnlyList<uint[]> Sentences { get; }

    /// <summary>By sentence: what the patterns leave of doubt.</summary>
    public IReadOnlyList<double> Doubts { get; }

    /// <summary>All windows of one to three sentences, as the detector judges them.</summary>
    public IReadOnlyList<Window> Windows => _windows ??= [.. Cut()];

    private IReadOnlyList<Window>? _windows;

    private IEnumerable<Window> Cut()
    {
        for (var i = 0; i < Sentences.Count; i++)
        {
            for (var n = 1; n <= 3 && i + n <= Sentences.Count; n++)
            {
                var doubt = Doubts.Skip(i).Take(n).Aggregate(1.0, (a, b) => a * b);
                yield return new Window([.. Sentences.Skip(i).Take(n).SelectMany(s => s)], InjectionModel.Evidence(doubt));
            }
        }
    }

    private readonly struct SentenceSink(List<List<uint>> sentences, List<PatternScore> doubts) : IFeatureSink
    {
        public List<List<uint>> Sentences => sentences;

        public List<PatternScore> Doubts => doubts;

        public void Feature(uint hash) => sentences[^1].Add(hash & ((1u << InjectionModel.Bits) - 1));

        public void Pattern(int index) => CollectionsMarshal.AsSpan(doubts)[^1].Add(index);

        public void Sentence(int end)
        {
            sentences.Add([]);
            doubts.Add(new PatternScore());
        }
    }
}
