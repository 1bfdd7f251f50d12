using System.Buffers;
using AktoDivert.Guardrails.Detectors.Pii.Rules;

namespace AktoDivert.Guardrails.Detectors.Pii;

/// <summary>
/// Personal data. Every entity has a digit, an <c>@</c>, a <c>.</c> or a <c>:</c>, so one vectorised pass finds the candidates; rules are
/// tried at the words around them, by what those words look like.
/// </summary>
internal sealed class PiiDetector : IDetector
{
    private const int LongestWord = 64;
    private const int LongestHold = 96;

    private static readonly SearchValues<char> Triggers = SearchValues.Create("0123456789@:.-");
    private static readonly SearchValues<char> NotSpace = SearchValues.Create(" \t\r\n\"'<>(){}[],;|");

    private readonly PiiRule[] _rules;
    private readonly HashSet<string> _entities;
    private readonly double _threshold;
    private readonly PiiIndex _index;
    private readonly PiiIndex _glued;
    private readonly bool _email;
    private readonly bool _url;
    private readonly bool _ip;
    private readonly bool _coins;
    private readonly bool _mac;

    private PiiDetector(HashSet<string> entities, double threshold)
    {
        _entities = entities;
        _threshold = threshold;
        _rules = [.. PiiRules.All.Where(r => entities.Contains(r.Entity))];
        _index = new PiiIndex(_rules, _ => true);
        _glued = new PiiIndex(_rules, rule => rule.Glued);
        _email = entities.Contains(EmailAddress.Entity);
        _url = entities.Contains(WebAddress.Entity);
        _ip = entities.Contains(IpAddress.Entity);
        _mac = entities.Contains(MacAddress.Entity);
        _coins = entities.Contains(CryptoAddress.Entity);
    }

    /// <inheritdoc />
    public string Name => "pii";

    /// <summary>All entities, sorted.</summary>
    public static IReadOnlyList<string> Entities { get; } =
        [.. PiiRules.All.Select(r => r.Entity).Concat([EmailAddress.Entity, WebAddress.Entity, IpAddress.Entity, CryptoAddress.Entity, MacAddress.Entity]).Order(StringComparer.Ordinal)];

    /// <summary>Builds the detector; null when no entity is asked for.</summary>
    /// <param name="entities">Entities, empty for all, null for none.</param>
    /// <param name="threshold">Score from which to report.</param>
    /// <param name="errors">Gets a sentence per unknown entity.</param>
    public static PiiDetector? Create(IReadOnlyList<string>? entities, double threshold, IList<string> errors)
    {
        if (entities is null)
        {
            return null;
        }

        var known = new HashSet<string>(Entities, StringComparer.Ordinal);
        foreach (var unknown in entities.Where(e => !known.Contains(e)))
        {
            errors.Add($"'{unknown}' is no personal data that is known; write one of {string.Join(", ", Entities)}");
        }

        known.IntersectWith(entities.Count == 0 ? Entities : entities);
        return known.Count == 0 ? null : new PiiDetector(known, threshold);
    }

    /// <inheritdoc />
    public void Scan(ReadOnlySpan<char> text, List<Detection> found)
    {
        Span<int> ends = stackalloc int[_rules.Length];
        ends.Clear();
        var before = found.Count;
        var addressesUntil = 0;
        for (var at = 0; text[at..].IndexOfAny(Triggers) is var next and >= 0;)
        {
            at += next;
            switch (text[at])
            {
                case '@':
                    addressesUntil = _email ? Report(EmailAddress.Find(text, at), EmailAddress.Entity, text, addressesUntil, found) : addressesUntil;
                    at++;
                    break;
                case '-':
                    at = IsBetween(text, at) ? Mac(text, at, found) : at + 1;
                    break;
                case '.' when !IsBetween(text, at):
                case ':' when at + 1 == text.Length || !(char.IsAsciiHexDigit(text[at + 1]) || text[at + 1] is ':' or '/'):
                    at++;
                    break;
                case '.':
                case ':':
                    addressesUntil = _url ? Report(WebAddress.Find(text, at, addressesUntil), WebAddress.Entity, text, addressesUntil, found) : addressesUntil;
                    at = Mac(text, at, found) is var after && after > at + 1 ? after : _ip ? Ip(text, at, found) : at + 1;
                    break;
                default:
                    at = Word(text, at, ends, found);
                    break;
            }
        }

        if (found.Count - before > 1)
        {
            Overlaps.KeepStrongest(found, before);
        }
    }

    /// <inheritdoc />
    public int HoldFrom(ReadOnlySpan<char> text)
    {
        // Numbers go on over single blanks and signs, an address over everything but blanks: from the last word on that is no number part.
        var floor = Math.Max(0, text.Length - LongestHold);
        var from = text[floor..].LastIndexOfAny(NotSpace) + 1 + floor;
        if (!_email && !_url && !text[from..].ContainsAny(Triggers) && (text.Length - from) > 6)
        {
            return text.Length;
        }

        while (from > floor && from < text.Length + 1)
        {
            var end = from - 1;
            var start = end > floor ? text[floor..end].LastIndexOfAny(NotSpace) + 1 + floor : floor;
            var word = text[start..end];
            if (word.Length == 0 ? text[end] is not (' ' or '(' or ')') : word.Length > 24 || (!word.ContainsAnyInRange('0', '9') && word.Length > 3))
            {
                break;
            }

            from = start;
        }

        return from;
    }

    private int Report((int Offset, int Length, double Score) match, string entity, ReadOnlySpan<char> text, int until, List<Detection> found)
    {
        if (match.Length == 0)
        {
            return until;
        }

        if (match.Score >= _threshold)
        {
            found.Add(new Detection(Name, entity, entity, match.Score, match.Offset, match.Length));
        }

        return Math.Min(text.Length, match.Offset + match.Length);
    }

    private int Ip(ReadOnlySpan<char> text, int at, List<Detection> found)
    {
        var (offset, length, score) = IpAddress.Find(text, at, out var next);
        if (length > 0 && score >= _threshold && (found.Count == 0 || found[^1].Entity != IpAddress.Entity || found[^1].End <= offset))
        {
            found.Add(new Detection(Name, IpAddress.Entity, IpAddress.Entity, score, offset, length));
        }

        return next;
    }

    private static bool IsBetween(ReadOnlySpan<char> text, int at) =>
        at > 0 && at + 1 < text.Length && char.IsLetterOrDigit(text[at + 1]) && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == ':');

    private int Mac(ReadOnlySpan<char> text, int at, List<Detection> found)
    {
        if (!_mac || MacAddress.Find(text, at) is not { Length: > 0 } mac)
        {
            return at + 1;
        }

        if (mac.Score >= _threshold)
        {
            found.Add(new Detection(Name, MacAddress.Entity, MacAddress.Entity, mac.Score, mac.Offset, mac.Length));
        }

        return mac.Offset + mac.Length;
    }

    // Tries the rules before, at and inside the word that a digit stands in; returns the index after it.
    private int Word(ReadOnlySpan<char> text, int at, Span<int> ends, List<Detection> found)
    {
        var start = at;
        while (start > 0 && at - start < LongestWord && char.IsAsciiLetterOrDigit(text[start - 1]))
        {
            start--;
        }

        var end = at + 1;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        if (_coins && end - start >= CryptoAddress.Shortest && CryptoAddress.Find(text, start, end) is { Length: > 0 } coin && coin.Score >= _threshold)
        {
            found.Add(new Detection(Name, CryptoAddress.Entity, CryptoAddress.Entity, coin.Score, start, coin.Length));
        }

        var one = Previous(text, start);
        var two = one < start ? Previous(text, one) : one;
        if (two < one)
        {
            Try(text, two, ends, found);
        }

        if (one < start)
        {
            Try(text, one, ends, found);
        }

        if (start > 0 && text[start - 1] is '+' or '(')
        {
            if (start > 1 && text[start - 1] == '(' && text[start - 2] == '+')
            {
                Try(text, start - 2, ends, found);
            }

            Try(text, start - 1, ends, found);
        }

        Try(text, start, ends, found);
        if (at > start && char.IsAsciiLetter(text[at - 1]))
        {
            Try(_glued, text, at, ends, found);
        }

        return end;
    }

    // Start of the short word of letters before a blank, hyphen or slash ("KA EF 12", "AB-12"); itself when there is none.
    private static int Previous(ReadOnlySpan<char> text, int start)
    {
        if (start < 2 || text[start - 1] is not (' ' or '-'))
        {
            return start;
        }

        var first = start - 1;
        while (first > 0 && start - first < 7 && char.IsLetter(text[first - 1]))
        {
            first--;
        }

        return first < start - 1 && (first == 0 || !Text.IsWord(text[first - 1])) ? first : start;
    }

    // Within words and chains of numbers (1-415-..., 1.2.3) nothing begins.
    private void Try(ReadOnlySpan<char> text, int start, Span<int> ends, List<Detection> found)
    {
        if (start == 0 || !(Text.IsWord(text[start - 1]) || (start > 1 && PiiRule.IsLink(text[start - 1]) && char.IsAsciiDigit(text[start - 2]))))
        {
            Try(_index, text, start, ends, found);
        }
    }

    private void Try(PiiIndex index, ReadOnlySpan<char> text, int start, Span<int> ends, List<Detection> found)
    {
        foreach (var i in index.At(PiiCandidate.At(text, start)))
        {
            var rule = _rules[i];
            if (start < ends[i] || rule.Match(text, start, out var score) is not (var matched and > 0))
            {
                continue;
            }

            ends[i] = start + matched;
            if (score >= _threshold)
            {
                found.Add(new Detection(Name, rule.Entity, rule.Entity, score, start, matched));
            }
        }
    }
}
