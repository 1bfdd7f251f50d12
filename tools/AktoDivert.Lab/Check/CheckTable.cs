using Spectre.Console;

namespace AktoDivert.Lab.Check;

/// <summary>The check's table for people.</summary>
internal static class CheckTable
{
    public static Table Render(IReadOnlyList<CheckRow> rows)
    {
        var table = new Table().AddColumns("client", "redirected", "decision and rule", "bodies", "recorded");
        foreach (var row in rows)
        {
            table.AddRow([Text(row.Client, row.IsRight), .. row.Cells.Select(cell => Text(cell.Seen, cell.Right))]);
        }

        return table;
    }

    /// <summary>Wrong cells are marked in words too: a log has no colours.</summary>
    private static Markup Text(string text, bool right) =>
        new(right ? $"[green]{Markup.Escape(text)}[/]" : $"[red]WRONG {Markup.Escape(text)}[/]");
}
