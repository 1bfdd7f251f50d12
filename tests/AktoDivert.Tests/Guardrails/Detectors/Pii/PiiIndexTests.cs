using System.Text;
using AktoDivert.Guardrails.Detectors;
using AktoDivert.Guardrails.Detectors.Pii;
using AktoDivert.Guardrails.Detectors.Pii.Rules;

namespace AktoDivert.Tests.Guardrails.Detectors.Pii;

[TestClass]
public sealed class PiiIndexTests
{
    private static readonly string[] Pieces =
        [" ", "-", ".", "/", "(", ")", "+", ":", ", ", "A", "KA", "DE", "HRB", "GIR", "may", "Jan ", "12", "345", "6789", "0049", "+49 ", "1979-03-14", "T10:30", "é", "\u00A0"];

    // What a look at a place says is only worth its speed while no rule matches where the look says that none can.
    [TestMethod]
    public void No_rule_is_left_out_where_it_matches()
    {
        var rules = PiiRules.All;
        var index = new PiiIndex(rules, _ => true);
        var matched = new HashSet<string>();
        foreach (var text in Texts())
        {
            for (var start = 0; start < text.Length; start++)
            {
                if (start > 0 && Text.IsWord(text[start - 1]))
                {
                    continue;
                }

                var candidate = PiiCandidate.At(text, start);
                var run = candidate with { Digits = PiiCandidate.MostDigits };
                var tried = index.At(candidate);
                for (var i = 0; i < rules.Count; i++)
                {
                    var starts = rules[i].Starts;
                    var mayStart = starts.Admit(run) || (char.IsLetter(text[start]) && ((starts.Letters | starts.Words) >> LetterRun(text, start) & 1) != 0);
                    if (mayStart && rules[i].Match(text, start, out _) is var length and > 0)
                    {
                        matched.Add(rules[i].Entity);
                        Assert.IsTrue(tried.Contains(i), $"{rules[i].Entity} is '{text.AsSpan(start, length)}' in '{text}', {candidate}");
                    }
                }
            }
        }

        // Otherwise the texts prove nothing.
        Assert.AreEqual("", string.Join(' ', rules.Select(rule => rule.Entity).Distinct().Except(matched)));
    }

    private static int LetterRun(string text, int start)
    {
        var length = 1;
        while (start + length < text.Length && length < PiiCandidate.LongestRun && char.IsLetter(text[start + length]))
        {
            length++;
        }

        return length;
    }

    // Every entity's own cases, these with characters changed, and numbers strung together from pieces.
    private static IEnumerable<string> Texts()
    {
        var random = new Random(11);
        var cases = PiiCase.All.SelectMany(c => new[] { c.Positive, c.Negative }).ToArray();
        foreach (var one in cases)
        {
            yield return one;
            for (var i = 0; i < 20; i++)
            {
                var changed = one.ToCharArray();
                for (var n = random.Next(1, 4); n > 0; n--)
                {
                    changed[random.Next(changed.Length)] = " -./()+0123456789AZaz\n,_"[random.Next(24)];
                }

                yield return new string(changed);
            }
        }

        for (var i = 0; i < 5000; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(3, 30); n > 0; n--)
            {
                text.Append(random.Next(2) == 0 ? Pieces[random.Next(Pieces.Length)] : ((char)('0' + random.Next(10))).ToString());
            }

            yield return text.ToString();
        }
    }
}
