using System.Text;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Storage;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Filters come from the address bar: reading, completing and building the query must not fail, and every place must lie in the text.</summary>
internal sealed class FilterTarget : IFuzzTarget
{
    private static readonly Dictionary<string, IReadOnlyList<string>> Known = new() { ["app"] = ["claude-code", "a \"b\", c"] };

    private static readonly ContentSeal Seal = new(new byte[32]);

    public string Name => "filter";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "app:claude host:*.anthropic.com verdict:block tokens>4000 since:2h"u8.ToArray(),
        "-app=codex,\"a b\" status:4xx,500..599 duration:>=1.5s is:error \"two words\""u8.ToArray(),
        "since:2026-11-25T10:00:00Z until:yesterday bytes<1MB !user:\"x\\\"y\" ,:"u8.ToArray(),
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var filter = CallFilter.Parse(text, DateTimeOffset.UnixEpoch.AddYears(56));
        filter.Apply(Array.Empty<CallRow>().AsQueryable(), Seal);
        if (filter.Errors.Any(e => e.Start < 0 || e.Length <= 0 || e.Start + e.Length > text.Length))
        {
            throw new InvalidDataException("An error's place lies outside the text.");
        }

        foreach (var suggestion in FilterCompletion.Of(text, Known))
        {
            if (suggestion.Text.Length < suggestion.Label.Length)
            {
                throw new InvalidDataException("A suggestion lost its text.");
            }
        }
    }
}
