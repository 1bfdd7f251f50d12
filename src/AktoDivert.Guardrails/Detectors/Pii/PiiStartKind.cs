namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>What a candidate begins with.</summary>
internal enum PiiStartKind
{
    /// <summary>Nothing that a rule begins with.</summary>
    None,

    /// <summary>Digits.</summary>
    Digits,

    /// <summary>Letters with a digit behind them.</summary>
    Letters,

    /// <summary>Letters with a blank or a hyphen behind them.</summary>
    Words,

    /// <summary>A plus sign.</summary>
    Plus,

    /// <summary>An opening parenthesis.</summary>
    Parenthesis,
}
