namespace AktoDivert.Console.Calls;

/// <summary>A path without what is particular to one call, so that calls to one endpoint are counted as one.</summary>
internal static class PathFamily
{
    private const int Longest = 200;
    private const int LongestWord = 24;

    /// <summary>The path without query; segments that are numbers, ids or long become <c>*</c>.</summary>
    public static string Of(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var segments = (end < 0 ? path : path[..end]).Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = IsParticular(segments[i]) ? "*" : segments[i];
        }

        var family = string.Join('/', segments);
        return family.Length <= Longest ? family : family[..Longest];
    }

    // A version (v1, v1beta, 2024-10-21) says what the endpoint is; an id does not. A model's name does too: gpt-5:streamGenerateContent.
    private static bool IsParticular(string segment) =>
        segment.Length > 0 && (segment.All(char.IsAsciiDigit) || Guid.TryParse(segment, out _)
            || (segment.Length > LongestWord && segment.Any(char.IsAsciiDigit) && !segment.Contains(':', StringComparison.Ordinal))
            || (segment.Length >= 16 && segment.All(char.IsAsciiHexDigit)));
}
