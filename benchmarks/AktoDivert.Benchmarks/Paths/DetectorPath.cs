using System.Text;
using AktoDivert.Guardrails.Detectors;

namespace AktoDivert.Benchmarks.Paths;

/// <summary>Fresh text, as an agent sends it, through detectors: prose, code, paths, numbers, and nothing to find.</summary>
internal abstract class DetectorPath : HotPath
{
    private const int Small = 4 * 1024;
    private const int Prompt = 64 * 1024;

    private readonly DetectorSet _set;
    private readonly string _text;
    private readonly List<Detection> _found = [];

    private DetectorPath(DetectorOptions options, int length, bool clean = false)
    {
        _set = DetectorSet.Create(options, []);
        _text = Text(length, clean);
    }

    /// <inheritdoc />
    public override void Run()
    {
        _found.Clear();
        _set.Scan(_text, _found);
    }

    // Varied, so that no branch is learnt by heart: words by a small generator.
    private static string Text(int length, bool clean)
    {
        string[] words = ["the", "report", "shows", "that", "our", "service", "returns", "values", "when", "users", "open", "table", "before", "writing", "tests", "and", "logs", "with", "longer", "names"];
        string[] marks = clean ? [" ", " ", ", ", "\n"] : [" ", " ", ", ", ".\n", " = ", "(i + 1)", " 2024-03-14 ", "/src/app/", ": ", " 127 "];
        var random = new Random(7);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(words[random.Next(words.Length)]).Append(marks[random.Next(marks.Length)]);
        }

        return text.ToString(0, length);
    }

    /// <summary>Secrets alone.</summary>
    internal sealed class Secrets() : DetectorPath(new DetectorOptions { Secrets = true }, Small)
    {
        /// <inheritdoc />
        public override string Name => "detect-secrets-4k";
    }

    /// <summary>Secrets, in text without digits or marks: the prefilter.</summary>
    internal sealed class Prefilter() : DetectorPath(new DetectorOptions { Secrets = true }, Small, clean: true)
    {
        /// <inheritdoc />
        public override string Name => "detect-prefilter-4k";
    }

    /// <summary>Personal data alone.</summary>
    internal sealed class Pii() : DetectorPath(new DetectorOptions { Pii = [] }, Small)
    {
        /// <inheritdoc />
        public override string Name => "detect-pii-4k";
    }

    /// <summary>Injections alone.</summary>
    internal sealed class Injection() : DetectorPath(new DetectorOptions { PromptInjection = true }, Small)
    {
        /// <inheritdoc />
        public override string Name => "detect-injection-4k";
    }

    /// <summary>Source code alone.</summary>
    internal sealed class Code() : DetectorPath(new DetectorOptions { SourceCode = true }, Small)
    {
        /// <inheritdoc />
        public override string Name => "detect-code-4k";
    }

    /// <summary>Topics, words and expressions of an administrator.</summary>
    internal sealed class Custom() : DetectorPath(
        new DetectorOptions
        {
            Topics = [new TopicOption("mergers", ["acquisition target"], ["Which companies are we going to buy next year?"])],
            WordLists = [new WordListOption("projects", ["nightjar", "redwood"])],
            Patterns = [new PatternOption("ticket", "ACME-[0-9]+")],
        },
        Small)
    {
        /// <inheritdoc />
        public override string Name => "detect-custom-4k";
    }

    /// <summary>All detectors over the longest fresh prompt that the budget speaks of: 3 ms of processor time.</summary>
    internal sealed class Everything() : DetectorPath(new DetectorOptions { Secrets = true, Pii = [], PromptInjection = true, SourceCode = true }, Prompt)
    {
        /// <inheritdoc />
        public override string Name => "detect-all-64k";

        /// <inheritdoc />
        public override bool CountsInstructions => false;
    }
}
