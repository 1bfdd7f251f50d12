using System.Text;
using AktoDivert.Redirect.Linux;

namespace AktoDivert.Fuzz;

/// <summary>What any process can put into its /proc files: its name and its arguments.</summary>
public sealed class ProcessFilesTarget : IFuzzTarget
{
    public string Name => "process-files";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        "7 (node) S 42 1 1 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 98765 1000 10"u8.ToArray(),
        "/usr/bin/node\0--max-old-space-size=4096\0/usr/lib/claude-code/cli.js\0"u8.ToArray(),
    ];

    public void Execute(ReadOnlySpan<byte> input)
    {
        _ = ProcessFiles.TryParseStat(Encoding.UTF8.GetString(input), out _, out _);
        if (ProcessFiles.SplitArguments(input).Length > 64)
        {
            throw new InvalidOperationException("more arguments than are kept");
        }
    }
}
