using System.Runtime.Versioning;
using System.Security.Cryptography;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Tests.Proxy.Intercept.Certificates.Trust;

/// <summary>A folder laid out like a device's file system, with stand-ins for the tools that build the bundles.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FakeDevice : IDisposable
{
    public FakeDevice(bool debian = false)
    {
        Path = Directory.CreateTempSubdirectory("aktodivert-device-").FullName;
        Root = new TrustRoot(Path);
        Installer = new TrustInstaller(Root);
        Write("/etc/environment", "LANG=C\n");
        Directory.CreateDirectory(Root.Resolve("/etc/profile.d"));
        Directory.CreateDirectory(Root.Resolve("/etc/environment.d"));
        Directory.CreateDirectory(Root.Resolve("/usr/local/share"));
        var (layout, links) = debian ? (AnchorLayout.Debian, true) : (AnchorLayout.Fedora, false);
        Layout = layout;
        Directory.CreateDirectory(Root.Resolve(layout.AnchorFolder));
        Write(layout.Bundle, "");
        Tool(layout.Command, $"""
            cat /dev/null {Root.Resolve(layout.AnchorFolder)}/*{layout.Extension} > {Root.Resolve(layout.Bundle)} 2> /dev/null
            for anchor in {(links ? Root.Resolve(layout.AnchorFolder) : "/nonexistent")}/*{layout.Extension}; do
              [ -e "$anchor" ] || continue
              name=$(basename "$anchor" {layout.Extension}).pem
              ln -sf "$anchor" "{Root.Resolve("/etc/ssl/certs")}/$name"
              ln -sf "$name" "{Root.Resolve("/etc/ssl/certs")}/hash-of-$name"
            done
            exit 0
            """);
    }

    public string Path { get; }

    public TrustRoot Root { get; }

    public TrustInstaller Installer { get; }

    public AnchorLayout Layout { get; }

    public void Write(string path, string content)
    {
        var place = Root.Resolve(path);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
        File.WriteAllText(place, content);
    }

    public string Read(string path) => File.ReadAllText(Root.Resolve(path));

    public void Tool(string name, string script)
    {
        Write("/usr/sbin/" + name, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(Root.Resolve("/usr/sbin/" + name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Path, mode, link target or hash of everything.</summary>
    public string Listing() => string.Join('\n', Directory.GetFileSystemEntries(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(e => new FileInfo(e)).Select(e => $"{e.FullName} {e.UnixFileMode} {Content(e)}"));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Content(FileInfo file) =>
        file.LinkTarget ?? (file.Exists ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName))) : "folder");
}
