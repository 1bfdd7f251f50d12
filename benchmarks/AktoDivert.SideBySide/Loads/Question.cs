using System.Text;

namespace AktoDivert.SideBySide.Loads;

/// <summary>The 2 KB that a call sends.</summary>
internal static class Question
{
    /// <summary>As text.</summary>
    public static string Text { get; } = $$"""{"model":"m","messages":[{"role":"user","content":"{{new string('a', 1990)}}"}]}""";

    /// <summary>As bytes.</summary>
    public static byte[] Bytes { get; } = Encoding.ASCII.GetBytes(Text);
}
