namespace AktoDivert.SideBySide.Peers;

/// <summary>Names of the peers, as the tables show them.</summary>
internal static class PeerName
{
    public const string AktoDivert = "aktodivert";
    public const string DefaultKnobs = "aktodivert, default knobs";
    public const string Uploading = "aktodivert, uploading";
    public const string WithoutCapture = "aktodivert, no capture";
    public const string Guarded = "aktodivert, guarded";
    public const string ManyPatterns = "aktodivert, 10,000 patterns";
    public const string Tunnel = "aktodivert tunnel";
    public const string Nginx = "nginx";
    public const string NginxNoReuse = "nginx without upstream reuse";
    public const string NginxStream = "nginx stream 64 KB";
    public const string Haproxy = "haproxy";
    public const string HaproxySplice = "haproxy splice";
    public const string Sslsplit = "sslsplit";
    public const string Mitmproxy = "mitmproxy streaming";
    public const string Forwarder = "Kestrel forwarder";
}
