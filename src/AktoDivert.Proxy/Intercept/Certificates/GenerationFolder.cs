using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// The device CA on disk: a root-only folder with one folder per generation (root.pem, and per provider NAME.pem and NAME.key) and the file
/// <c>active</c>, which holds the number of the generation in force. A generation appears whole, by renaming its folder.
/// </summary>
internal sealed class GenerationFolder
{
    private const string GenerationPrefix = "generation-";
    private const string UnfinishedSuffix = ".unfinished";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _path;
    private readonly IIssuerKeyStore _keys;

    /// <summary>
    /// Opens the folder and deletes what a crash left half written. A missing one is empty; the first generation makes it, with mode 0700, so
    /// that looking leaves no trace.
    /// </summary>
    /// <exception cref="CertificateAuthorityException">Others may read the folder.</exception>
    public GenerationFolder(string path, IIssuerKeyStore keys)
    {
        (_path, _keys) = (Path.GetFullPath(path), keys);
        if (!Directory.Exists(_path))
        {
            return;
        }

        RequireOwnerOnly(_path, "700");
        foreach (var unfinished in Directory.GetDirectories(_path, GenerationPrefix + "*" + UnfinishedSuffix))
        {
            DeleteKeysIn(unfinished);
            Directory.Delete(unfinished, recursive: true);
        }
    }

    private string ActivePath => Path.Combine(_path, "active");

    /// <summary>The generation in force, or null when there is none yet.</summary>
    public int? ReadActive()
    {
        if (!File.Exists(ActivePath))
        {
            return null;
        }

        var text = File.ReadAllText(ActivePath).Trim();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CertificateAuthorityException(
                $"{ActivePath} holds no generation number. Stop the agent, delete {_path}, "
                + "run 'aktodivert trust install' and start the agent.");
    }

    /// <summary>Puts a generation in force.</summary>
    public void WriteActive(int number) =>
        AtomicFile.Write(ActivePath, number.ToString(CultureInfo.InvariantCulture) + "\n", AtomicFile.Secret);

    /// <summary>The numbers of the generations on disk, ascending.</summary>
    public IReadOnlyList<int> Numbers() => !Directory.Exists(_path) ? [] :
    [
        .. Directory.GetDirectories(_path, GenerationPrefix + "*")
            .Select(d => int.TryParse(Path.GetFileName(d).AsSpan(GenerationPrefix.Length), CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Where(n => n > 0).Order(),
    ];

    /// <summary>Writes a generation beside the others; it is not in force yet.</summary>
    public void Save(CaGeneration generation)
    {
        var final = PathOf(generation.Number);
        var unfinished = final + UnfinishedSuffix;
        CreateOwnerOnly(_path);
        CreateOwnerOnly(unfinished);
        AtomicFile.Write(Path.Combine(unfinished, "root.pem"), generation.Root.ExportCertificatePem() + "\n", AtomicFile.Secret);
        foreach (var intermediate in generation.Intermediates)
        {
            using var key = intermediate.Certificate.GetECDsaPrivateKey()!;
            var path = Path.Combine(unfinished, intermediate.Name);
            _keys.Save(key, path + ".key");
            AtomicFile.Write(path + ".pem", intermediate.Certificate.ExportCertificatePem() + "\n", AtomicFile.Secret);
        }

        Directory.Move(unfinished, final);
    }

    /// <summary>Reads a generation.</summary>
    /// <exception cref="CertificateAuthorityException">A file is missing, damaged or readable by others.</exception>
    public CaGeneration Load(int number)
    {
        var folder = PathOf(number);
        try
        {
            RequireOwnerOnly(folder, "700");
            var root = X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(folder, "root.pem")));
            var intermediates = Directory.GetFiles(folder, "*.key").Order(StringComparer.Ordinal).Select(LoadIntermediate).ToArray();
            return new CaGeneration(number, root, intermediates);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CertificateAuthorityException(
                $"{folder} cannot be read: {e.Message} Stop the agent, run 'aktodivert trust remove', delete {_path}, then "
                + "'aktodivert trust install'.", e);
        }
    }

    /// <summary>
    /// Deletes the private keys of a generation that is never to sign again; its folder stays as the mark that its root may still be
    /// installed.
    /// </summary>
    public void DeleteKeys(int number) => DeleteKeysIn(PathOf(number));

    /// <summary>Deletes all of a generation.</summary>
    public void Delete(int number) => Directory.Delete(PathOf(number), recursive: true);

    private void DeleteKeysIn(string folder)
    {
        foreach (var key in Directory.GetFiles(folder, "*.key"))
        {
            _keys.Delete(key);
        }
    }

    private ProviderIntermediate LoadIntermediate(string keyPath)
    {
        RequireOwnerOnly(keyPath, "600");
        using var key = _keys.Load(keyPath);
        using var bare = X509Certificate2.CreateFromPem(File.ReadAllText(Path.ChangeExtension(keyPath, ".pem")));
        var certificate = bare.CopyWithPrivateKey(key);
        var domains = NameConstraintsExtension.ReadPermitted(certificate);
        return new ProviderIntermediate(Path.GetFileNameWithoutExtension(keyPath), domains, certificate);
    }

    private string PathOf(int number) => Path.Combine(_path, GenerationPrefix + number.ToString(CultureInfo.InvariantCulture));

    private static void CreateOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }

    // Repairing it silently would hide that the keys may have been read.
    private static void RequireOwnerOnly(string path, string mode)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new CertificateAuthorityException(
                $"{path} holds keys of the device CA and others than its owner have access. Run: chmod {mode} '{path}' "
                + "(or, when somebody may have copied a key, 'aktodivert trust remove' and delete the folder: "
                + "the next start makes new keys).");
        }
    }
}
