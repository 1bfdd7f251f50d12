namespace AktoDivert.Lab;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>A client failed, a cell of the check is wrong, or the lab broke down.</summary>
    public const int Failed = 1;

    /// <summary>The lab cannot start or is not there; the message says what to do.</summary>
    public const int Unusable = 2;
}
