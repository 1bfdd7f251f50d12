namespace AktoDivert.Proxy.Intercept.Certificates.Trust;

/// <summary>A distribution's way to keep the roots an administrator adds: a folder, and a command that builds the bundle from it.</summary>
/// <param name="Name">The distributions, for people.</param>
/// <param name="AnchorFolder">Where one file per root is put.</param>
/// <param name="Extension">What the file's name must end with to be seen.</param>
/// <param name="Command">Builds the bundle.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Package">The package that brings the command.</param>
/// <param name="Bundle">What programs read.</param>
/// <param name="LinkFolder">
/// Where the command links to each anchor and never removes the links of a deleted one; null when it has no such folder.
/// </param>
/// <param name="Unfinished">
/// The bundle while the command writes it; null when the command begins it anew. A command cut short leaves it, and the next one appends to it.
/// </param>
internal sealed record AnchorLayout(
    string Name,
    string AnchorFolder,
    string Extension,
    string Command,
    IReadOnlyList<string> Arguments,
    string Package,
    string Bundle,
    string? LinkFolder,
    string? Unfinished = null)
{
    public static readonly AnchorLayout Debian = new(
        "System bundle (Debian, Ubuntu)", "/usr/local/share/ca-certificates", ".crt",
        "update-ca-certificates", [], "ca-certificates", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt.new");

    public static readonly AnchorLayout Fedora = new(
        "System bundle (Fedora, RHEL)", "/etc/pki/ca-trust/source/anchors", ".pem",
        "update-ca-trust", ["extract"], "ca-certificates", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", null);

    public static readonly AnchorLayout Suse = new(
        "System bundle (openSUSE)", "/etc/pki/trust/anchors", ".pem",
        "update-ca-certificates", [], "ca-certificates", "/var/lib/ca-certificates/ca-bundle.pem", null);
}
