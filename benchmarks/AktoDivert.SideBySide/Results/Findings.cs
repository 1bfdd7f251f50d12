namespace AktoDivert.SideBySide.Results;

/// <summary>What was measured so far, and what could not be, each with the reason.</summary>
internal sealed class Findings
{
    private readonly List<Row> _rows = [];
    private readonly List<string> _notMeasured = [];

    /// <summary>The rows, in the order of their measurement.</summary>
    public IReadOnlyList<Row> Rows => _rows;

    /// <summary>What is missing and why.</summary>
    public IReadOnlyList<string> NotMeasured => _notMeasured;

    /// <summary>Adds rows. One with a round in which nothing was done is no figure.</summary>
    public void Add(params IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            if (double.IsFinite(row.Ratio) && double.IsFinite(row.Min) && double.IsFinite(row.Max))
            {
                _rows.Add(row);
            }
            else
            {
                Miss($"{row.Work}, {row.Peer}", "nothing was done in a round, or it took no CPU time");
            }
        }
    }

    /// <summary>Notes that something could not be measured.</summary>
    public void Miss(string what, string reason) => _notMeasured.Add($"{what}: {reason.ReplaceLineEndings(" ")}");

    /// <summary>Measures one thing. Whatever goes wrong is noted, so that it costs no other figure of an unattended run.</summary>
    public async Task TryAsync(string what, Func<Task<Row>> measure)
    {
        Console.Error.WriteLine($"{what} ...");
        try
        {
            Add(await measure());
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Miss(what, fault.GetBaseException() is var cause && cause == fault ? fault.Message : $"{fault.Message} {cause.Message}");
        }
    }
}
