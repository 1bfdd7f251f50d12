using System.Text.Json;

namespace AktoDivert.Train;

/// <summary>Reads and expands texts.</summary>
internal static class TrainingText
{
    /// <summary>Line numbers from here on are documents'.</summary>
    public const int FirstDocument = 200_000;

    private const int MostPerLine = 8;
    private const int Passage = 2000;

    private static readonly (string Folder, string Pattern)[] Documents = [("docs", "*.md"), ("src", "*.cs"), ("src", "*.html"), ("src", "*.js"), ("packaging", "*.*")];
    private static readonly string[] Quoting = ["docs/guardrails", "/Injection/", "docs/decisions"];

    /// <summary>
    /// Reads a file of one text a line, where <c>{a|b}</c> stands for either: at most eight texts a line, chosen evenly. The first line
    /// says what the file is.
    /// </summary>
    public static IEnumerable<Example> Read(string path, bool attack)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path).Skip(1))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            foreach (var text in Expand(line).Distinct())
            {
                yield return new Example(text, attack, number);
            }
        }
    }

    /// <summary>
    /// Passages of this repository's own documents and sources: long texts, without an attack in them. Those that quote attacks are left out.
    /// </summary>
    /// <param name="root">The repository.</param>
    public static IEnumerable<Example> ReadDocuments(string root)
    {
        var number = FirstDocument;
        foreach (var path in Documents.SelectMany(d => Directory.EnumerateFiles(Path.Combine(root, d.Folder), d.Pattern, SearchOption.AllDirectories)).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (Quoting.Any(q => name.Contains(q, StringComparison.Ordinal)) || name.Contains("/obj/", StringComparison.Ordinal) || name.Contains("/bin/", StringComparison.Ordinal))
            {
                continue;
            }

            number++;
            var text = File.ReadAllText(path).ReplaceLineEndings("\n");
            for (var at = 0; at < text.Length; at += Passage)
            {
                yield return new Example(text.Substring(at, Math.Min(Passage, text.Length - at)), attack: false, number);
            }
        }
    }

    /// <summary>Reads the <c>text</c> of every line; those of one <c>variant</c> count as one line.</summary>
    public static IEnumerable<Example> ReadJsonLines(string path)
    {
        var variants = new List<string>();
        foreach (var line in File.ReadLines(path))
        {
            using var document = JsonDocument.Parse(line);
            var variant = document.RootElement.TryGetProperty("variant", out var name) ? name.GetString()! : line;
            if (!variants.Contains(variant))
            {
                variants.Add(variant);
            }

            yield return new Example(document.RootElement.GetProperty("text").GetString()!, attack: true, 100_000 + variants.IndexOf(variant));
        }
    }

    /// <summary>The texts of a line.</summary>
    public static IEnumerable<string> Expand(string line)
    {
        for (var k = 0; k < MostPerLine; k++)
        {
            var (text, slot) = (new System.Text.StringBuilder(), 0);
            for (var i = 0; i < line.Length; i++)
            {
                var end = line[i] == '{' ? line.IndexOf('}', i) : -1;
                if (end < 0)
                {
                    text.Append(line[i]);
                    continue;
                }

                // Each slot steps at its own pace, so that eight texts meet most choices and many pairs.
                var choices = line[(i + 1)..end].Split('|');
                text.Append(choices[((k * (slot + 1)) + (k / choices.Length * slot) + slot) % choices.Length]);
                slot++;
                i = end;
            }

            yield return text.ToString().Trim();
        }
    }
}
