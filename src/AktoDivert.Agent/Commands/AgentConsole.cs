using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace AktoDivert.Agent.Commands;

/// <summary>What a command sees of the world: where it writes, its environment, its clock.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="isTerminal">Whether a person looks at the output: tables then have borders and colours, and plain columns otherwise.</param>
internal sealed class AgentConsole(TextWriter output, TextWriter error, bool isTerminal)
{
    /// <summary>Standard output.</summary>
    public TextWriter Out => output;

    /// <summary>Standard error.</summary>
    public TextWriter Error => error;

    /// <summary>Standard input.</summary>
    public TextReader In { get; init; } = System.Console.In;

    /// <summary>Environment variables.</summary>
    public IDictionary Environment { get; init; } = System.Environment.GetEnvironmentVariables();

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether the user is root (Administrator on Windows).</summary>
    public bool IsPrivileged { get; init; } = Privilege.IsAdministrator();

    /// <summary>The console of this process.</summary>
    public static AgentConsole OfThisProcess() => new(System.Console.Out, System.Console.Error, !System.Console.IsOutputRedirected);

    /// <summary>Writes a line.</summary>
    public void WriteLine(string line) => output.WriteLine(line);

    /// <summary>Writes one line of JSON.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Writes rows below headings; <paramref name="whenEmpty"/> instead when there are none.</summary>
    public void WriteTable(IReadOnlyList<string> headings, IReadOnlyCollection<string[]> rows, string whenEmpty)
    {
        if (rows.Count == 0)
        {
            output.WriteLine(whenEmpty);
            return;
        }

        if (isTerminal)
        {
            WriteForTerminal(headings, rows);
        }
        else
        {
            WritePlain([[.. headings], .. rows]);
        }
    }

    private void WriteForTerminal(IReadOnlyList<string> headings, IReadOnlyCollection<string[]> rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        for (var i = 0; i < headings.Count; i++)
        {
            // Short columns stand on the left; the long texts share what is left of the width.
            table.AddColumn(new TableColumn(new Text(headings[i])) { NoWrap = i == 0 || i < headings.Count - 2 });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(Printable(cell))));
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No }).Write(table);
    }

    // For files and pipes: one line per row, columns padded, nothing cut.
    private void WritePlain(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join("  ", row.Select((cell, column) => Printable(cell).PadRight(widths[column]))).TrimEnd());
        }
    }

    /// <summary>Text from outside (process names, hosts) without control characters, which could rewrite the screen.</summary>
    public static string Printable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(source[i]) ? '?' : source[i];
        }
    });
}
