namespace AktoDivert.Redirect.Filters;

/// <summary>A single test of a filter.</summary>
internal sealed class FilterTest : FilterExpression
{
    internal FilterTest(string text)
        : base(text, compound: false)
    {
    }

    /// <summary>The opposite; still false where the header is absent and a field of it is tested.</summary>
    public FilterTest Not() => new($"not {this}");
}
