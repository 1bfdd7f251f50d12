using Spectre.Console;

namespace AktoDivert.Lab;

/// <summary>Writes tables: for a terminal as it is; for files and pipes without colours and wide enough that no cell wraps.</summary>
internal static class LabTable
{
    private const int WidthInFiles = 200;

    public static void Write(Table table)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Write(table);
            return;
        }

        var file = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        file.Profile.Width = WidthInFiles;
        file.Write(table);
    }
}
