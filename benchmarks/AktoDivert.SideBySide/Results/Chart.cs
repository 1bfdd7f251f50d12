using System.Globalization;
using System.Security;
using System.Text;

namespace AktoDivert.SideBySide.Results;

/// <summary>A bar per row: the figure relative to its goal, with the spread of the rounds. A bar that ends before the line meets the goal.</summary>
internal sealed class Chart(IReadOnlyList<Row> rows, IReadOnlyList<string> remarks)
{
    private const int LabelWidth = 560;
    private const int GoalAt = 300;
    private const int Width = LabelWidth + (GoalAt * 2) + 80;
    private const int RowHeight = 22;
    private const int Top = 56;

    /// <summary>The chart as SVG.</summary>
    public string Draw()
    {
        var height = Top + (rows.Count * RowHeight) + 24;
        var svg = new StringBuilder();
        Add(svg, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        Add(svg, $"""<rect width="{Width}" height="{height}" fill="white"/>""");
        Add(svg, $"""<text x="12" y="22" font-size="15" font-weight="bold">Measured cost relative to the goal</text>""");
        Add(svg, $"""<text x="12" y="42" fill="#666">{SecurityElement.Escape(string.Join("; ", remarks))}</text>""");
        for (var i = 0; i < rows.Count; i++)
        {
            DrawRow(svg, rows[i], Top + (i * RowHeight));
        }

        var line = LabelWidth + GoalAt;
        Add(svg, $"""<line x1="{line}" x2="{line}" y1="{Top - 4}" y2="{height - 16}" stroke="#333" stroke-dasharray="4 3"/>""");
        Add(svg, $"""<text x="{line}" y="{height - 3}" text-anchor="middle" fill="#333">goal</text>""");
        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawRow(StringBuilder svg, Row row, int top)
    {
        var label = row.Peer == "-" ? row.Work : $"{row.Work}, against {row.Peer}";
        var (bar, from, to) = (X(row.Ratio / row.Goal), X(row.Min / row.Goal), X(row.Max / row.Goal));
        var middle = top + (RowHeight / 2);
        Add(svg, $"""<text x="{LabelWidth - 8}" y="{middle + 4}" text-anchor="end">{SecurityElement.Escape(label)}</text>""");
        Add(svg, $"""<rect x="{LabelWidth}" y="{top + 3}" width="{bar}" height="{RowHeight - 6}" fill="{(row.Met ? "#3a923a" : "#c4572a")}"/>""");
        Add(svg, $"""<line x1="{LabelWidth + from}" x2="{LabelWidth + to}" y1="{middle}" y2="{middle}" stroke="#222"/>""");
        var figure = row.Ratio.ToString("0.###", CultureInfo.InvariantCulture);
        Add(svg, $"""<text x="{LabelWidth + Math.Max(bar, to) + 6}" y="{middle + 4}" fill="#333">{figure}</text>""");
    }

    // Linear up to twice the goal; what is beyond ends there.
    private static int X(double relative) => (int)Math.Round(Math.Min(relative, 2) * GoalAt);

    private static void Add(StringBuilder svg, FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
