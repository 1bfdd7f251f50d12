using System.Text;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Fuzz.Targets;

/// <summary>Apps come over the wire: each line is read as a selector and a host, what is taken is written and read as the same again.</summary>
internal sealed class AppDefinitionTarget : IFuzzTarget
{
    private const int LongestProblem = 4096;

    public string Name => "app-definition";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "name acme-bot\npath */.local/share/acme/*\nargument @acme/bot"u8.ToArray(),
        "path C:/Program Files/Acme/*\nNAME\tAcme Bot.exe\nnam x\n\npath */*"u8.ToArray(),
        "llm.acme.example\n.acme.example\n*.acme.*\n10.0.0.0/8\nexa mple"u8.ToArray(),
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        var lines = Encoding.UTF8.GetString(input).Split('\n');
        var app = AppDefinition.Read(new WireApp { Id = lines[0], Name = lines[^1], Selectors = lines, Hosts = lines, PassthroughHosts = lines }, out var faults);
        if (app.Selectors.Any(s => !ProcessSelector.TryParse(s.ToString(), out var again, out _) || again != s))
        {
            throw new InvalidDataException("A selector is not read as it is written.");
        }

        // A fault of a host quotes it as its own parser does.
        if (faults.Any(f => f.Problem.Length is 0 or > LongestProblem))
        {
            throw new InvalidDataException("A fault says nothing, or too much.");
        }
    }
}
