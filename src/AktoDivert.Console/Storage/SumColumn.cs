namespace AktoDivert.Console.Storage;

/// <summary>A column of a <see cref="SumTable{TRow}"/>: text, or a whole number.</summary>
internal sealed class SumColumn<TRow>
{
    private readonly Func<TRow, string>? _text;
    private readonly Func<TRow, long>? _number;

    /// <summary>A column of text.</summary>
    public SumColumn(string name, SumRule rule, Func<TRow, string> text) => (Name, Rule, _text) = (name, rule, text);

    /// <summary>A column of numbers.</summary>
    public SumColumn(string name, SumRule rule, Func<TRow, long> number) => (Name, Rule, _number) = (name, rule, number);

    /// <summary>Name in the database.</summary>
    public string Name { get; }

    /// <summary>What becomes of it when rows meet.</summary>
    public SumRule Rule { get; }

    /// <summary>PostgreSQL's type of an array of its values.</summary>
    public string ArrayType => _text is null ? "bigint[]" : "text[]";

    /// <summary>The value of one row.</summary>
    public object Of(TRow row) => _text is null ? _number!(row) : _text(row);

    /// <summary>The values of all rows, as an array of their own type.</summary>
    public Array Of(IReadOnlyList<TRow> rows) => _text is null ? rows.Select(_number!).ToArray() : rows.Select(_text).ToArray();
}
