namespace AktoDivert.Agent.Service.Windows;

/// <summary>Paths of drivers as the service database writes them.</summary>
internal static class DriverPath
{
    /// <summary>Whether a driver's path (<c>\??\C:\...</c>) lies in a folder.</summary>
    public static bool IsBelow(string imagePath, string folder)
    {
        const string NtPrefix = @"\??\";
        var path = imagePath.StartsWith(NtPrefix, StringComparison.Ordinal) ? imagePath[NtPrefix.Length..] : imagePath;
        return path.StartsWith(folder.TrimEnd('\\') + '\\', StringComparison.OrdinalIgnoreCase);
    }
}
