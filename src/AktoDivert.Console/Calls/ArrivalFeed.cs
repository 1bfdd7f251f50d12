namespace AktoDivert.Console.Calls;

/// <summary>Tells open pages that something arrived; they fetch what they show themselves.</summary>
internal abstract class ArrivalFeed
{
    /// <summary>Raised after a commit, on the writer's thread: must return at once.</summary>
    public event Action? Arrived;

    /// <summary>Raises <see cref="Arrived"/>.</summary>
    public void Announce() => Arrived?.Invoke();
}
