using System.Security.Cryptography;
using System.Text.Json;

namespace AktoDivert.Redirect.Windows;

/// <summary>A file of the driver as the lock file pins it.</summary>
/// <param name="Name">File name in the program's folder.</param>
/// <param name="Sha256">SHA-256 in lower-case hexadecimal digits.</param>
internal sealed record PinnedFile(string Name, string Sha256);

/// <summary>
/// <c>windivert.lock.json</c> beside the program: which files are the driver's. It lies in the same folder as the program itself, so who can
/// change it can change the program.
/// </summary>
/// <param name="Version">Version of the driver.</param>
/// <param name="Files">Its files.</param>
internal sealed record DriverLock(string Version, IReadOnlyList<PinnedFile> Files)
{
    /// <summary>Name of the lock file.</summary>
    public const string FileName = "windivert.lock.json";

    /// <summary>Reads the text of a lock file; null when it is none.</summary>
    public static DriverLock? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var files = document.RootElement.GetProperty("files").EnumerateArray()
                .Select(file => new PinnedFile(file.GetProperty("name").GetString()!, file.GetProperty("sha256").GetString()!)).ToArray();
            return new DriverLock(document.RootElement.GetProperty("version").GetString()!, files);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The hash pinned for a file; null when the lock file does not name it.</summary>
    public string? HashOf(string name) => Files.FirstOrDefault(file => string.Equals(file.Name, name, StringComparison.OrdinalIgnoreCase))?.Sha256;

    /// <summary>SHA-256 of the rest of a stream, as the lock file writes it.</summary>
    public static string Hash(Stream content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
