using System.Globalization;
using System.Text.Json;

namespace AktoDivert.SideBySide.Results;

/// <summary>Writes the rows: a table for people, an array for programs, a chart.</summary>
internal sealed class Report(Findings findings, IReadOnlyList<string> remarks)
{
    private readonly IReadOnlyList<Row> _rows = findings.Rows;

    /// <summary>Writes all three; the files go into a folder.</summary>
    public void Write(TextWriter output, string folder)
    {
        WriteTable(output);
        Directory.CreateDirectory(folder);
        Row[] plain = [.. _rows.Select(row => row with { Ratio = Math.Round(row.Ratio, 3), Min = Math.Round(row.Min, 3), Max = Math.Round(row.Max, 3) })];
        File.WriteAllText(Path.Combine(folder, "latest.json"), JsonSerializer.Serialize(plain, RowJson.Default.RowArray) + "\n");
        File.WriteAllText(Path.Combine(folder, "latest.svg"), new Chart(_rows, remarks).Draw());
        var table = new StringWriter();
        WriteTable(table);
        File.WriteAllText(Path.Combine(folder, "latest.txt"), table.ToString());
    }

    private void WriteTable(TextWriter output)
    {
        foreach (var remark in remarks)
        {
            output.WriteLine(remark);
        }

        var cells = _rows.Select(row => new[]
        {
            row.Work, row.Peer, row.Costs, Text(row.Ratio), $"{Text(row.Min)}..{Text(row.Max)}", "<= " + Text(row.Goal), row.Met ? "met" : "missed",
        }).Prepend(["work", "against", "CPU us, ours / theirs", "median", "min..max", "goal", ""]).ToArray();
        var widths = Enumerable.Range(0, cells[0].Length).Select(column => cells.Max(row => row[column].Length)).ToArray();
        foreach (var row in cells)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        foreach (var missing in findings.NotMeasured)
        {
            output.WriteLine($"NOT MEASURED: {missing}");
        }

        output.WriteLine("Not among these: packets per second, by AktoDivert.Benchmarks.");
        output.WriteLine($"{_rows.Count(row => row.Met)} of {_rows.Count} goals met");
    }

    private static string Text(double figure) =>
        figure.ToString(figure >= 100 ? "0" : figure >= 10 ? "0.0" : figure >= 0.1 ? "0.00" : "0.0000", CultureInfo.InvariantCulture);
}
