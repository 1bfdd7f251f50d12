using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AktoDivert.Guardrails.Bench;

namespace AktoDivert.Agent.Commands;

/// <summary><c>guard bench</c>.</summary>
internal static class GuardBenchCommand
{
    private const int ShownFaults = 20;
    private const int ShownText = 100;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        var data = new Option<string>("--data") { Description = "Labelled texts, one JSON object per line.", HelpName = "file", Required = true };
        var threshold = new Option<double?>("--threshold") { Description = "Score from 0 to 1 from which findings count. Without it each detector's own; personal data then counts at every score.", HelpName = "score" };
        var faults = new Option<bool>("--faults") { Description = $"Show the rows that were not met, at most {ShownFaults} per entity. They hold text of the file." };
        var command = new AgentCommand("bench", """
            Hold the detectors against labelled texts: recall, precision and F1 per entity and detector, and MB/s.

            A row is {"entity":"iban","text":"...","spans":[[0,22]]}: what is looked for, where, and where it stands (start and end in UTF-16
            units). "spans":[] must not be found; "count":2 where only the number is known. Entities: secret, prompt_injection, source_code,
            and all personal data that policies name. A span counts as found when a finding overlaps at least half of the shorter of both.
            """, """
            aktodivert guard bench --data cases.jsonl
            aktodivert guard bench --data cases.jsonl --json
            aktodivert guard bench --data cases.jsonl --faults
            """)
        { data, threshold, faults };
        command.SetAction(parse =>
        {
            var rows = Read(parse.GetValue(data)!);
            if (parse.GetValue(threshold) is { } score && score is not (>= 0 and <= 1))
            {
                throw new CommandException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--threshold is {score}; write a number from 0 to 1"));
            }

            var report = GuardBench.Run(rows, parse.GetValue(threshold));
            if (report.Unknown.Count > 0)
            {
                context.Console.Error.WriteLine($"aktodivert: no detector looks for {string.Join(", ", report.Unknown)}; their labels count as missed");
            }

            if (parse.GetValue(context.Json))
            {
                context.Console.WriteLine(Json(report));
            }
            else
            {
                Write(context.Console, report, parse.GetValue(faults));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IReadOnlyList<BenchRow> Read(string path)
    {
        var errors = new List<string>();
        IReadOnlyList<BenchRow> rows;
        try
        {
            rows = BenchFile.Read(File.ReadLines(path), path, errors);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"--data {path} cannot be read: {e.Message}");
        }

        if (errors.Count > 0)
        {
            throw new CommandException(ExitCode.Usage, string.Join(Environment.NewLine, errors));
        }

        return rows.Count > 0 ? rows : throw new CommandException(ExitCode.Usage, $"--data {path} holds no rows; write one JSON object per line");
    }

    private static string Json(BenchReport report)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            Score(writer, "total", report.Total);
            Scores(writer, "entities", report.Entities);
            Scores(writer, "detectors", report.Detectors);
            writer.WriteNumber("mb_per_s", Math.Round(report.MegabytesPerSecond, 1));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Scores(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, BenchScore> scores)
    {
        writer.WriteStartObject(name);
        foreach (var (key, score) in scores)
        {
            Score(writer, key, score);
        }

        writer.WriteEndObject();
    }

    private static void Score(Utf8JsonWriter writer, string name, BenchScore score)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("recall", Math.Round(score.Recall, 4));
        writer.WriteNumber("precision", Math.Round(score.Precision, 4));
        writer.WriteNumber("f1", Math.Round(score.F1, 4));
        writer.WriteNumber("found", score.Found);
        writer.WriteNumber("missed", score.Missed);
        writer.WriteNumber("wrong", score.Wrong);
        writer.WriteEndObject();
    }

    private static void Write(AgentConsole console, BenchReport report, bool faults)
    {
        string[] headings = ["", "recall", "precision", "F1", "found", "missed", "wrong"];
        console.WriteTable(headings, [.. report.Entities.Select(e => Row(e.Key, e.Value))], "");
        console.WriteLine("");
        console.WriteTable(headings, [.. report.Detectors.Select(d => Row(d.Key, d.Value)), Row("total", report.Total)], "");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.MegabytesPerSecond:0.0} MB/s on these texts"));
        if (!faults)
        {
            return;
        }

        foreach (var entity in report.Faults.GroupBy(f => f.Row.Entity))
        {
            foreach (var fault in entity.Take(ShownFaults))
            {
                var text = AgentConsole.Printable(fault.Row.Text.Length <= ShownText ? fault.Row.Text : fault.Row.Text[..ShownText] + "...");
                console.WriteLine($"line {fault.Row.Line}: {entity.Key}: {fault.Score.Missed} missed, {fault.Score.Wrong} wrong: {text}");
            }
        }
    }

    private static string[] Row(string name, BenchScore score) =>
    [
        name,
        score.Recall.ToString("0.000", CultureInfo.InvariantCulture),
        score.Precision.ToString("0.000", CultureInfo.InvariantCulture),
        score.F1.ToString("0.000", CultureInfo.InvariantCulture),
        score.Found.ToString(CultureInfo.InvariantCulture),
        score.Missed.ToString(CultureInfo.InvariantCulture),
        score.Wrong.ToString(CultureInfo.InvariantCulture),
    ];
}
