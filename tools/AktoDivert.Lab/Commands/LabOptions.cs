using System.CommandLine;

namespace AktoDivert.Lab.Commands;

/// <summary>The options every command has.</summary>
internal static class LabOptions
{
    private static readonly Option<string> Run = new("--run-dir")
    {
        Description = "Folder of the running lab.",
        DefaultValueFactory = _ => LabPaths.DefaultRun,
        Recursive = true,
    };

    private static readonly Option<string> Cache = new("--cache-dir")
    {
        Description = "Folder of the installed client programs.",
        DefaultValueFactory = _ => LabPaths.DefaultCache,
        Recursive = true,
    };

    public static void AddTo(Command command)
    {
        command.Options.Add(Run);
        command.Options.Add(Cache);
    }

    public static LabPaths Read(ParseResult parsed) => new(Path.GetFullPath(parsed.GetValue(Run)!), Path.GetFullPath(parsed.GetValue(Cache)!));
}
