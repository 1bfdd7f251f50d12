namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>The file system whose trust stores are meant: <c>/</c>, or a folder that looks like it.</summary>
/// <param name="Path">The folder that stands for <c>/</c>.</param>
public sealed record TrustRoot(string Path = "/")
{
    /// <summary>On Windows, the folder of the bundle that variables point to: everybody reads it, only Administrators write it.</summary>
    public static string WindowsPublicFolder { get; } = System.IO.Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "AktoDivert", "public");

    // Not PATH: what root runs is not chosen by a variable.
    private static readonly string[] CommandFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The place of an absolute path of the device.</summary>
    internal string Resolve(string absolutePath) => System.IO.Path.Join(Path.AsSpan(), absolutePath.AsSpan(1));

    /// <summary>An absolute path of the device, for what is written into its files.</summary>
    internal string Unresolve(string path) => "/" + System.IO.Path.GetRelativePath(Path, path);

    /// <summary>The path of a command, or null when it is not installed.</summary>
    internal string? FindCommand(string name) =>
        CommandFolders.Select(f => Resolve($"{f}/{name}")).FirstOrDefault(File.Exists);
}
