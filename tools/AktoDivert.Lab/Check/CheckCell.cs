namespace AktoDivert.Lab.Check;

/// <summary>One cell of the check's table: what was seen, and whether it is right.</summary>
internal sealed record CheckCell(bool Right, string Seen);

/// <summary>One client's line of the check's table.</summary>
internal sealed record CheckRow(string Client, CheckCell Redirected, CheckCell Decision, CheckCell Bodies, CheckCell Recorded)
{
    public IEnumerable<CheckCell> Cells => [Redirected, Decision, Bodies, Recorded];

    public bool IsRight => Cells.All(cell => cell.Right);
}
