namespace AktoDivert.Fuzz;

/// <summary>One parser of untrusted bytes under test. An execution fails by throwing: the parsers themselves must never throw.</summary>
public interface IFuzzTarget
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Well-formed inputs that mutation starts from.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Feeds one input and checks what must hold for any input.</summary>
    void Execute(ReadOnlySpan<byte> input);
}
