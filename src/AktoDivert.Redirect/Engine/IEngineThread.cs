namespace AktoDivert.Redirect.Engine;

/// <summary>A running loop of the engine.</summary>
internal interface IEngineThread
{
    /// <summary>Runs the next step now instead of at the end of the pause.</summary>
    void Wake();

    /// <summary>Asks for no more steps and waits for the running one; false when it did not end within the limit.</summary>
    bool Stop(TimeSpan limit);
}
