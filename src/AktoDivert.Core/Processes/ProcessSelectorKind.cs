namespace AktoDivert.Core.Processes;

/// <summary>The property a <see cref="ProcessSelector"/> looks at.</summary>
public enum ProcessSelectorKind
{
    /// <summary>File name of the executable.</summary>
    Name,

    /// <summary>Full path of the executable, or the path it was invoked by.</summary>
    Path,

    /// <summary>An argument of an interpreter (<c>node</c>, <c>python</c>): the script it runs.</summary>
    CommandLine,
}
