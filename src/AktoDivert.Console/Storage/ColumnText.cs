namespace AktoDivert.Console.Storage;

/// <summary>Text that devices sent, as a column can hold it.</summary>
internal static class ColumnText
{
    private const int Longest = 4096;

    /// <summary>The text, cut at 4096 characters; empty for the null that JSON can say of any member.</summary>
    public static string Short(string? text)
    {
        if (text is null)
        {
            return "";
        }

        var cut = text.Length <= Longest ? text : text[..Longest];
        // PostgreSQL's text holds any character but this one.
        return cut.Contains('\0', StringComparison.Ordinal) ? cut.Replace('\0', '\uFFFD') : cut;
    }
}
