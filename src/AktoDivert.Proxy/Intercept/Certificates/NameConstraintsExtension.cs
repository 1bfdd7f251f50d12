using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// The name constraints extension (RFC 5280, section 4.2.1.10): the permitted DNS subtrees, and every IPv4 and IPv6 address excluded. A
/// certificate that carries only an IP address is accepted by most clients when the addresses are not excluded, so they always are.
/// </summary>
internal static class NameConstraintsExtension
{
    public const string Oid = "2.5.29.30";

    private static readonly Asn1Tag Permitted = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Excluded = new(TagClass.ContextSpecific, 1, isConstructed: true);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag IpAddress = new(TagClass.ContextSpecific, 7);

    // Address and mask, all zero: 0.0.0.0/0 and ::/0.
    private static readonly int[] AddressAndMaskLengths = [8, 32];

    /// <summary>Encodes the critical extension. An empty list would permit every name and is refused.</summary>
    public static X509Extension Create(IReadOnlyCollection<string> domains)
    {
        ArgumentOutOfRangeException.ThrowIfZero(domains.Count, nameof(domains));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Permitted))
            {
                foreach (var domain in domains)
                {
                    using var subtree = writer.PushSequence();
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, DnsName);
                }
            }

            using (writer.PushSequence(Excluded))
            {
                foreach (var length in AddressAndMaskLengths)
                {
                    using var subtree = writer.PushSequence();
                    writer.WriteOctetString(new byte[length], IpAddress);
                }
            }
        }

        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    /// <summary>The permitted DNS subtrees of a certificate.</summary>
    /// <exception cref="CryptographicException">The extension is missing or not one this class wrote.</exception>
    public static IReadOnlyList<string> ReadPermitted(X509Certificate2 certificate)
    {
        var extension = certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == Oid)
            ?? throw new CryptographicException("no name constraints");
        try
        {
            var domains = new List<string>();
            var subtrees = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence().ReadSequence(Permitted);
            while (subtrees.HasData)
            {
                domains.Add(subtrees.ReadSequence().ReadCharacterString(UniversalTagNumber.IA5String, DnsName));
            }

            return domains;
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("unreadable name constraints", e);
        }
    }
}
