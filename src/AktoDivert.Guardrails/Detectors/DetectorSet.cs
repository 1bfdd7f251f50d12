using AktoDivert.Guardrails.Detectors.Code;
using AktoDivert.Guardrails.Detectors.Injection;
using AktoDivert.Guardrails.Detectors.Pii;
using AktoDivert.Guardrails.Detectors.Secrets;
using AktoDivert.Guardrails.Detectors.Topics;
using AktoDivert.Guardrails.Detectors.Words;

namespace AktoDivert.Guardrails.Detectors;

/// <summary>The detectors of one policy, run one after the other over a text.</summary>
public sealed class DetectorSet
{
    private static readonly Comparison<Detection> ByPlace = (a, b) =>
        a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : b.Score.CompareTo(a.Score);

    private readonly IDetector[] _detectors;

    private DetectorSet(IDetector[] detectors) => _detectors = detectors;

    /// <summary>Whether no detector is on.</summary>
    public bool IsEmpty => _detectors.Length == 0;

    /// <summary>The detectors, in the order they run.</summary>
    public IReadOnlyList<IDetector> Detectors => _detectors;

    /// <summary>Names of all personal data that <see cref="DetectorOptions.Pii"/> can ask for, sorted.</summary>
    public static IReadOnlyList<string> PiiEntities => PiiDetector.Entities;

    /// <summary>Builds the detectors that the options ask for. Loading their rules takes some milliseconds: keep the set.</summary>
    /// <param name="options">What to look for.</param>
    /// <param name="errors">Gets a sentence per option that cannot be met, naming it and the fix. Such an option is left out.</param>
    public static DetectorSet Create(DetectorOptions options, IList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(errors);
        var detectors = new List<IDetector>();
        Add(options.Secrets ? new SecretDetector(options.SecretThreshold) : null);
        Add(PiiDetector.Create(options.Pii, options.PiiThreshold, errors));
        Add(options.PromptInjection ? new InjectionDetector(InjectionModel.Load(), options.InjectionThreshold) : null);
        Add(options.SourceCode ? CodeDetector.Create(options.Languages, errors) : null);
        Add(TopicDetector.Create(options.Topics, errors));
        Add(PatternDetector.Create(options.Patterns, errors));
        Add(WordListDetector.Create(options.WordLists, errors));
        Add(options.TokenLimit is { } limit ? new TokenLimitDetector(limit) : null);
        return new DetectorSet([.. detectors]);

        void Add(IDetector? detector)
        {
            if (detector is not null)
            {
                detectors.Add(detector);
            }
        }
    }

    /// <summary>Appends what the text holds to <paramref name="found"/>, ordered by place, the surest first where several begin.</summary>
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var before = found.Count;
        foreach (var detector in _detectors)
        {
            detector.Scan(text, found);
        }

        if (found.Count - before > 1)
        {
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(found)[before..].Sort(ByPlace);
        }
    }

    /// <summary>Where the suffix begins that any of the detectors could still extend; <c>text.Length</c> when none could.</summary>
    /// <seealso cref="IDetector.HoldFrom"/>
    public int HoldFrom(ReadOnlySpan<char> text)
    {
        var from = text.Length;
        foreach (var detector in _detectors)
        {
            from = Math.Min(from, detector.HoldFrom(text));
        }

        return from;
    }
}
