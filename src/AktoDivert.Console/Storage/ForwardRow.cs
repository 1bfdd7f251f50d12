namespace AktoDivert.Console.Storage;

/// <summary>How forwarding to a target goes; its place in the calls is a <see cref="SequenceRow"/> of the same name.</summary>
internal sealed class ForwardRow
{
    /// <summary>Name of the target: <c>forward.akto</c>.</summary>
    public required string Name { get; set; }

    /// <summary>Calls that it never got: refused for good, or deleted by retention before it took them.</summary>
    public long Lost { get; set; }

    /// <summary>Unix milliseconds when it took calls last; 0 before the first.</summary>
    public long ForwardedMs { get; set; }

    /// <summary>Why it took none at last; empty since it takes them again.</summary>
    public string LastError { get; set; } = "";
}
