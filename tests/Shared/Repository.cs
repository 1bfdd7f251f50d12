namespace AktoDivert.Tests.Shared;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds AktoDivert.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">It stands in no folder above the test binaries.</exception>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AktoDivert.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("AktoDivert.sln stands in no folder above the test binaries.");
        }

        return folder.FullName;
    }
}
