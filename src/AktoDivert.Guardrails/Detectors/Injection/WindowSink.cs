namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>Judges every window of one to three sentences and keeps the worst.</summary>
internal struct WindowSink(InjectionModel model) : IFeatureSink
{
    private int _start, _sum, _count;
    private PatternScore _patterns = new();
    private Window _one, _two;
    private int _sentences;
    private double _worst = double.NegativeInfinity;

    /// <summary>The score of the text.</summary>
    public readonly double Score => InjectionModel.Score(_worst, _sentences);

    /// <summary>Where the worst window begins.</summary>
    public int Start { get; private set; }

    /// <summary>The index after it.</summary>
    public int End { get; private set; }

    /// <summary>The pattern met in it that weighs most; -1 for none.</summary>
    public int Met { get; private set; } = -1;

    /// <inheritdoc />
    public void Feature(uint hash)
    {
        _sum += model.Weight(hash);
        _count++;
    }

    /// <inheritdoc />
    public void Pattern(int index) => _patterns.Add(index);

    /// <inheritdoc />
    public void Sentence(int end)
    {
        _sentences++;
        var sentence = new Window(_start, _sum, _count, _patterns.Doubt, _patterns.Strongest);
        Judge(sentence, end);
        if (_one.Count > 0)
        {
            var both = _one.With(sentence);
            Judge(both, end);
            if (_two.Count > 0)
            {
                Judge(_two.With(both), end);
            }
        }

        (_two, _one, _patterns) = (_one, sentence, new PatternScore());
        (_start, _sum, _count) = (end, 0, 0);
    }

    private void Judge(in Window window, int end)
    {
        var odds = model.LogOdds(window.Sum, window.Count, window.Doubt);
        if (odds > _worst)
        {
            (_worst, Start, End, Met) = (odds, window.Start, end, window.Pattern);
        }
    }

    private readonly record struct Window(int Start, int Sum, int Count, double Doubt, int Pattern)
    {
        public Window With(in Window next) => new(
            Start,
            Sum + next.Sum,
            Count + next.Count,
            Doubt * next.Doubt,
            Pattern < 0 || (next.Pattern >= 0 && InjectionPatterns.All[next.Pattern].Weight > InjectionPatterns.All[Pattern].Weight) ? next.Pattern : Pattern);
    }
}
