namespace AktoDivert.Guardrails.Detectors.Injection;

/// <summary>What the patterns met in a sentence say together.</summary>
internal struct PatternScore
{
    private double _doubt;
    private double _relief;

    /// <summary>Starts without any.</summary>
    public PatternScore() => (_doubt, _relief, Strongest) = (1, 1, -1);

    /// <summary>The pattern that weighs most; -1 for none.</summary>
    public int Strongest { get; private set; }

    /// <summary>What is left of doubt, 0 to 1.</summary>
    public readonly double Doubt => 1 - ((1 - _doubt) * _relief);

    /// <summary>Takes in a pattern that was met.</summary>
    public void Add(int index)
    {
        var pattern = InjectionPatterns.All[index];
        if (pattern.Weight < 0)
        {
            _relief = Math.Min(_relief, 1 + pattern.Weight);
            return;
        }

        // Two patterns of one kind are one sign.
        var strongest = Strongest < 0 ? null : InjectionPatterns.All[Strongest];
        if (strongest is null || strongest.Name != pattern.Name)
        {
            _doubt *= 1 - pattern.Weight;
        }
        else if (pattern.Weight > strongest.Weight)
        {
            _doubt *= (1 - pattern.Weight) / (1 - strongest.Weight);
        }

        if (strongest is null || pattern.Weight > strongest.Weight)
        {
            Strongest = index;
        }
    }
}
