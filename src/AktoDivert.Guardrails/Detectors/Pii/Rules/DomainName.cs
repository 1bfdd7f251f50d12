using System.Buffers;

namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>Host names under a top-level domain that exists.</summary>
internal static class DomainName
{
    // RFC 1035 section 2.3.4.
    private const int Longest = 253;

    // The generic domains in common use; every two-letter domain is a country's.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Generic = new HashSet<string>(
        ("com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel tel cat asia post xxx arpa academy accountant accountants agency "
         + "ai app apple art associates attorney auction audio auto bank bar bargains beer best bet bible bid bike bingo bio black blog blue boats bond book "
         + "boutique broker build builders business buzz cab cafe cam camera camp capital car cards care career careers cars casa cash casino center ceo chat cheap church "
         + "city claims cleaning click clinic clothing cloud club coach codes coffee college community company computer condos construction consulting contact "
         + "contractors cooking cool country coupons courses credit creditcard cruises dance data date dating deals degree delivery democrat dental dentist desi design dev "
         + "diamonds diet digital direct directory discount doctor dog domains download earth eco education email energy engineer engineering enterprises equipment "
         + "estate events exchange expert exposed express fail faith family fan fans farm fashion finance financial fish fit fitness flights florist flowers football "
         + "forex foundation fun fund furniture futbol fyi gallery game games garden gay gift gifts gives glass global gmbh gold golf graphics gratis green gripe group "
         + "guide guitars guru haus health healthcare help hiphop hockey holdings holiday homes horse hospital host hosting house how icu immo immobilien inc industries "
         + "ink institute insurance insure international investments irish jetzt jewelry juegos kaufen kim kitchen kiwi koeln land law lawyer lease legal lgbt life "
         + "lighting limited limo link live llc loan loans lol london love ltd ltda luxe luxury management market marketing markets media medical meet memorial men menu "
         + "mobile moda moe mom money monster mortgage motorcycles movie network new news ngo ninja nyc one ong online ooo organic page paris partners parts party "
         + "pet pharmacy phone photo photography photos physio pics pictures pink pizza place plumbing plus poker porn press productions prof promo properties property "
         + "pub quest racing realestate realty recipes red rehab reise reisen rent rentals repair report republican rest restaurant review reviews rip rocks rodeo run "
         + "sale salon sarl school schule science security services sex sexy shoes shop shopping show singles site ski soccer social software solar solutions space "
         + "sport store stream studio study style sucks supplies supply support surf surgery systems tattoo tax taxi team tech technology tennis theater tickets tienda "
         + "tips tires today tools top tours town toys trade trading training tube tv university uno vacations vegas ventures versicherung vet viajes video villas "
         + "vin vip vision vodka vote voyage wales wang watch webcam website wedding wien wiki win wine work works world wtf xyz yoga zone").Split(' '),
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> Sharp = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Index after the host name that begins at <paramref name="start"/>; 0 when none does.</summary>
    public static int End(ReadOnlySpan<char> text, int start)
    {
        var (end, label, lastDot, lastEnd) = (start, start, 0, 0);
        for (; end < text.Length && end - start <= Longest; end++)
        {
            var c = text[end];
            if (c == '.')
            {
                if (end == label || text[end - 1] == '-')
                {
                    break;
                }

                lastEnd = lastDot > 0 && IsTopLevel(text[(lastDot + 1)..end]) ? end : lastEnd;
                (lastDot, label) = (end, end + 1);
            }
            else if (!char.IsAsciiLetterOrDigit(c) && c != '-' && !(c > 127 && char.IsLetterOrDigit(c)))
            {
                break;
            }
        }

        if (end - start > Longest)
        {
            return 0;
        }

        // A full stop may end the sentence; "_" or a letter of the next word may not follow a name.
        return lastDot > 0 && end > label && text[end - 1] != '-' && (end == text.Length || text[end] != '_') && IsTopLevel(text[(lastDot + 1)..end]) ? end
            : end == label ? lastEnd : 0;
    }

    /// <summary>Whether a label is a top-level domain.</summary>
    public static bool IsTopLevel(ReadOnlySpan<char> label) =>
        label.Length == 2 ? !label.ContainsAnyExcept(Sharp)
        : Generic.Contains(label) || label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase);
}
