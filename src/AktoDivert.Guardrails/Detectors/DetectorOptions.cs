namespace AktoDivert.Guardrails.Detectors;

/// <summary>Which detectors a <see cref="DetectorSet"/> runs, and from which score on they report. Scores are 0 to 1.</summary>
public sealed record DetectorOptions
{
    /// <summary>Whether secrets (keys, tokens, passwords) are looked for.</summary>
    public bool Secrets { get; init; }

    /// <summary>Score from which a secret is reported.</summary>
    public double SecretThreshold { get; init; } = 0.5;

    /// <summary>
    /// Personal data to look for, for example <c>iban</c>; null for none, empty for all. <see cref="DetectorSet.PiiEntities"/> names them.
    /// </summary>
    public IReadOnlyList<string>? Pii { get; init; }

    /// <summary>Score from which personal data is reported. Numbers of a common form reach the default only beside a word that names them.</summary>
    public double PiiThreshold { get; init; } = 0.5;

    /// <summary>Whether prompt injections and jailbreaks are looked for.</summary>
    public bool PromptInjection { get; init; }

    /// <summary>Score from which an injection is reported.</summary>
    public double InjectionThreshold { get; init; } = 0.6;

    /// <summary>Whether source code is looked for.</summary>
    public bool SourceCode { get; init; }

    /// <summary>Languages that count as source code, for example <c>python</c>; empty for all.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>Denied topics.</summary>
    public IReadOnlyList<TopicOption> Topics { get; init; } = [];

    /// <summary>Lists of denied words and phrases.</summary>
    public IReadOnlyList<WordListOption> WordLists { get; init; } = [];

    /// <summary>Regular expressions of the administrator.</summary>
    public IReadOnlyList<PatternOption> Patterns { get; init; } = [];

    /// <summary>Estimated tokens above which a text is reported; null for no limit.</summary>
    public int? TokenLimit { get; init; }
}
