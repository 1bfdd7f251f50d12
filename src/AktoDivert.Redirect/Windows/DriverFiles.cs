namespace AktoDivert.Redirect.Windows;

/// <summary>The driver's files beside the program.</summary>
public static class DriverFiles
{
    /// <summary>What is wrong with them; null when they are the ones that the lock file pins.</summary>
    public static string? Fault(string folder)
    {
        using var library = new WinDivertLibrary(folder);
        return library.Check();
    }
}
