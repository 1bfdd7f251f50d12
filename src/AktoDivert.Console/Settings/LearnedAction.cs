namespace AktoDivert.Console.Settings;

/// <summary>What an administrator may say about a learned passthrough.</summary>
internal enum LearnedAction
{
    /// <summary>Forget it and try to intercept again.</summary>
    Clear,

    /// <summary>Keep it for good.</summary>
    Pin,
}
