using System.Globalization;

namespace AktoDivert.Redirect.Filters;

/// <summary>
/// A filter as text, put together so that only what the driver's compiler takes can be written: a negation stands before a single test,
/// never before a parenthesis.
/// </summary>
internal class FilterExpression
{
    private readonly string _text;
    private readonly bool _compound;

    private protected FilterExpression(string text, bool compound)
    {
        _text = text;
        _compound = compound;
    }

    /// <summary>Matches nothing.</summary>
    public static FilterExpression Nothing { get; } = new("false", false);

    /// <summary>A field that is not zero.</summary>
    public static FilterTest Is(FilterField field) => new(field.Name);

    /// <summary>A field of a value.</summary>
    public static FilterTest Equal(FilterField field, uint value) => Compare(field, "==", value);

    /// <summary>A field of another value. False where its header is absent, as all tests are.</summary>
    public static FilterTest NotEqual(FilterField field, uint value) => Compare(field, "!=", value);

    /// <summary>A field below a value.</summary>
    public static FilterTest Less(FilterField field, uint value) => Compare(field, "<", value);

    /// <summary>A field above a value.</summary>
    public static FilterTest Greater(FilterField field, uint value) => Compare(field, ">", value);

    /// <summary>A socket event.</summary>
    public static FilterTest OfEvent(string macro) => new($"{FilterField.Event.Name} == {macro}");

    /// <summary>All of them; one or more.</summary>
    public static FilterExpression All(params FilterExpression[] parts) => Join(" and ", parts);

    /// <summary>Any of them; one or more.</summary>
    public static FilterExpression Any(params FilterExpression[] parts) => Join(" or ", parts);

    /// <inheritdoc />
    public override string ToString() => _text;

    private static FilterTest Compare(FilterField field, string comparison, uint value) =>
        new($"{field.Name} {comparison} {value.ToString(CultureInfo.InvariantCulture)}");

    private static FilterExpression Join(string word, FilterExpression[] parts) => parts.Length == 1
        ? parts[0]
        : new FilterExpression(string.Join(word, parts.Select(part => part._compound ? $"({part._text})" : part._text)), true);
}
