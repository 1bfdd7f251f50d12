using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using AktoDivert.Core.Policy;

namespace AktoDivert.Core.Processes;

/// <summary>Recognises a process by one property.</summary>
/// <param name="Kind">Which property.</param>
/// <param name="Value">
/// Name: exact; on Windows in any case, and with or without <c>.exe</c>. Path: glob where <c>*</c> crosses separators, <c>/</c> also stands for a backslash.
/// CommandLine: part of an argument of an interpreter.
/// </param>
public sealed record ProcessSelector(ProcessSelectorKind Kind, string Value)
{
    // The script is named before its own arguments; an interpreter's own options rarely take more places than this.
    private const int ArgumentsSearched = 8;

    private static readonly StringComparison ArgumentComparison = OperatingSystem.IsWindows()
        ? StringComparison.OrdinalIgnoreCase
        : StringComparison.Ordinal;

    private static readonly SearchValues<char> VersionAndExtension = SearchValues.Create("0123456789.exEX");

    /// <summary>Names of interpreters whose command line selectors look at, without versions.</summary>
    public static IReadOnlyList<string> Interpreters { get; } =
        ["node", "bun", "deno", "python", "ruby", "perl", "java", "dotnet", "electron"];

    /// <summary>Parses the form that <see cref="ToString"/> writes: <c>name claude</c>, <c>path */claude/versions/*</c>, <c>argument acme-bot.py</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="selector">The selector; null when the text is refused.</param>
    /// <param name="error">What is wrong and how to write it; null when the text is fine.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ProcessSelector? selector, [NotNullWhen(false)] out string? error)
    {
        (selector, error) = ProcessSelectorParser.Parse(text);
        return selector is not null;
    }

    /// <summary>Why a selector of this kind and value would never match, or match everything; null when it is fine.</summary>
    public static string? WhyNot(ProcessSelectorKind kind, string value) => ProcessSelectorParser.WhyNot(kind, value);

    /// <summary>Whether a command-line selector can apply to an executable of this name: it runs scripts.</summary>
    public static bool IsInterpreter(string name) =>
        Interpreters.Any(interpreter => name.StartsWith(interpreter, StringComparison.OrdinalIgnoreCase)
            && name.AsSpan(interpreter.Length).IndexOfAnyExcept(VersionAndExtension) < 0);

    /// <summary>
    /// Whether <paramref name="process"/> has the property. A process is also known by the name and path it was invoked by.
    /// </summary>
    public bool Matches(ProcessIdentity process)
    {
        var invoked = process.Arguments.Count > 0 ? process.Arguments[0] : "";
        return Kind switch
        {
            ProcessSelectorKind.Name =>
                ExecutableName.Same(process.Name, Value) || ExecutableName.Same(FileName(invoked), Value),
            ProcessSelectorKind.Path => MatchesPath(process.Path) || MatchesPath(invoked),
            _ => IsInterpreter(process.Name) && process.Arguments.Skip(1).Take(ArgumentsSearched).Any(
                argument => argument.Replace('\\', '/').Contains(Value, ArgumentComparison)),
        };
    }

    /// <summary>As shown by <c>explain</c>: <c>name claude</c>, <c>path */claude/versions/*</c>.</summary>
    public override string ToString() => Kind switch
    {
        ProcessSelectorKind.Name => $"name {Value}",
        ProcessSelectorKind.Path => $"path {Value}",
        _ => $"argument {Value}",
    };

    private bool MatchesPath(string path) => path.Length > 0 && LabelGlob.MatchesText(Value, path.Replace('\\', '/'));

    private static ReadOnlySpan<char> FileName(string path) => path.AsSpan(path.AsSpan().LastIndexOfAny('/', '\\') + 1);
}
