namespace AktoDivert.Core.Processes;

/// <summary>
/// File names of executables as their system compares them. Windows starts <c>claude.exe</c> by <c>claude</c> in any case, so a person may
/// write it so too.
/// </summary>
public static class ExecutableName
{
    private const string WindowsExtension = ".exe";

    /// <summary>Whether two names mean the same executable on this system.</summary>
    public static bool Same(ReadOnlySpan<char> name, ReadOnlySpan<char> other) => Same(name, other, OperatingSystem.IsWindows());

    /// <summary>A hash code that names of the same executable share.</summary>
    public static int HashCodeOf(ReadOnlySpan<char> name) => HashCodeOf(name, OperatingSystem.IsWindows());

    internal static bool Same(ReadOnlySpan<char> name, ReadOnlySpan<char> other, bool windows) => windows
        ? WithoutExtension(name).Equals(WithoutExtension(other), StringComparison.OrdinalIgnoreCase)
        : name.SequenceEqual(other);

    internal static int HashCodeOf(ReadOnlySpan<char> name, bool windows) =>
        windows ? string.GetHashCode(WithoutExtension(name), StringComparison.OrdinalIgnoreCase) : string.GetHashCode(name);

    private static ReadOnlySpan<char> WithoutExtension(ReadOnlySpan<char> name) =>
        name.EndsWith(WindowsExtension, StringComparison.OrdinalIgnoreCase) ? name[..^WindowsExtension.Length] : name;
}
