namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>
/// A line of ours in a file that belongs to others. The comment above it says what removal must undo, so that the file is byte for byte
/// what it was without a record kept elsewhere.
/// </summary>
internal static class EnvironmentBlock
{
    private const string Plain = "# AktoDivert ('aktodivert trust remove' deletes this line and the next)\n";
    private const string AfterBreak = "# AktoDivert ('aktodivert trust remove' deletes this line, the next and the line break before)\n";
    private const string NewFile =
        "# AktoDivert ('aktodivert trust remove' deletes this line, the next and, when nothing else is in it, the file)\n";

    /// <summary>The text with the line added at its end.</summary>
    /// <param name="text">The file, or null when there is none.</param>
    /// <param name="line">The line, without a line break.</param>
    public static string Add(string? text, string line) => text switch
    {
        null => NewFile + line + "\n",
        _ when text.Length == 0 || text.EndsWith('\n') => text + Plain + line + "\n",
        _ => text + "\n" + AfterBreak + line + "\n",
    };

    /// <summary>The text without the line; null when the file is to be deleted. A text that does not hold it stays as it is.</summary>
    public static string? Remove(string text, string line)
    {
        var afterBreak = "\n" + AfterBreak + line + "\n";

        // Somebody wrote below it since: then the line above needs its break.
        var rest = text.EndsWith(afterBreak, StringComparison.Ordinal)
            ? text[..^afterBreak.Length]
            : text.Replace(afterBreak, "\n", StringComparison.Ordinal);
        rest = rest.Replace(Plain + line + "\n", "", StringComparison.Ordinal).Replace(NewFile + line + "\n", "", StringComparison.Ordinal);
        return rest.Length == 0 && text.StartsWith(NewFile, StringComparison.Ordinal) ? null : rest;
    }
}
