namespace AktoDivert.Lab;

/// <summary>How to start this program again, also from a test that has it beside its own program.</summary>
internal static class OwnProgram
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "aktodivert-lab");
}
