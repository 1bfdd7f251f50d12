namespace AktoDivert.Core.Guarding;

/// <summary>What the guard wants of a connection; decided once, so that others pay nothing.</summary>
public enum GuardInterest
{
    /// <summary>Nothing: its calls are recorded and not judged.</summary>
    None,

    /// <summary>Its calls are judged after they passed, off the traffic's threads. Verdicts are recorded, whatever they are.</summary>
    Observe,

    /// <summary>A gate stands in the relay: calls are judged before they pass, and verdicts are carried out.</summary>
    Enforce,
}
