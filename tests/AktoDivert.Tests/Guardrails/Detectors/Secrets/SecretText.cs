using System.Text;
using System.Text.Json;

namespace AktoDivert.Tests.Guardrails.Detectors.Secrets;

/// <summary>Cases that hold no token: <c>&lt;a-f0-9:32&gt;</c> stands for 32 random characters of the class, so that no scanner of a code host trips.</summary>
internal static class SecretText
{
    /// <summary>Rule, positive and negative text of every line of <c>secret-cases.jsonl</c>.</summary>
    public static IReadOnlyList<(string Rule, string Positive, string Negative)> Cases { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "secret-cases.jsonl")).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            return (row.GetProperty("rule").GetString()!, row.GetProperty("positive").GetString()!, row.GetProperty("negative").GetString()!);
        }),
    ];

    /// <summary>The text with random characters; <paramref name="first"/> and <paramref name="end"/> tell where the first to the last of them stand.</summary>
    public static string Expand(string form, int seed, out int first, out int end)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        (first, end) = (-1, 0);
        for (var i = 0; i < form.Length; i++)
        {
            var close = form[i] == '<' ? form.IndexOf('>', i) : -1;
            var colon = close < 0 ? -1 : form.LastIndexOf(':', close);
            if (colon < i || !int.TryParse(form.AsSpan(colon + 1, close - colon - 1), out var count))
            {
                text.Append(form[i]);
                continue;
            }

            first = first < 0 ? text.Length : first;
            var alphabet = Alphabet(form[(i + 1)..colon]);
            for (var k = 0; k < count; k++)
            {
                // The last character is never a sign, which would end a word early.
                char c;
                do
                {
                    c = alphabet[random.Next(alphabet.Length)];
                }
                while ((k == count - 1 || k == 0) && !char.IsAsciiLetterOrDigit(c));
                text.Append(c);
            }

            end = text.Length;
            i = close;
        }

        return text.ToString();
    }

    private static string Alphabet(string set)
    {
        var all = new StringBuilder();
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                for (var c = set[i]; c <= set[i + 2]; c++)
                {
                    all.Append(c);
                }

                i += 2;
            }
            else
            {
                all.Append(set[i]);
            }
        }

        return all.ToString();
    }
}
