namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>Expands a relative path whose steps may be <c>*</c>.</summary>
internal static class FolderPattern
{
    /// <summary>The folders that exist, sorted. Folders that cannot be read are as good as missing.</summary>
    public static IReadOnlyList<string> Expand(string start, string pattern)
    {
        IEnumerable<string> folders = [start];
        foreach (var step in pattern.Split('/'))
        {
            folders = step == "*" ? folders.SelectMany(Subfolders) : folders.Select(f => Path.Combine(f, step)).Where(Directory.Exists);
        }

        return [.. folders];
    }

    private static IEnumerable<string> Subfolders(string folder) =>
        Directory.EnumerateDirectories(
            folder, "*", new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None })
            .Order(StringComparer.Ordinal);
}
