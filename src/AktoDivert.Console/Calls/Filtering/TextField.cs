using System.Linq.Expressions;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Calls.Filtering;

/// <summary>
/// Text: <c>:</c> contains, or with <c>*</c> the whole of it looks so; <c>=</c> exactly. Without case. A domain's value that begins with a dot
/// means the domain and all its subdomains.
/// </summary>
internal sealed class TextField(string name, string meaning, string example, params Expression<Func<CallRow, string>>[] columns)
    : FilterField(name, meaning, example)
{
    /// <summary>Whether values are host names.</summary>
    public bool IsHost { get; init; }

    /// <summary>Whether values are ids, of which nobody remembers the middle: <c>:</c> then means how it begins, which an index finds.</summary>
    public bool IsId { get; init; }

    public override string? Check(FilterOperator how, IReadOnlyList<string> values) => how is FilterOperator.Has or FilterOperator.Exactly
        ? null
        : $"{Name} is text: write {Name}:part, {Name}=whole or {Name}:be*gin.";

    /// <summary>A LIKE pattern in which only <c>*</c> is special.</summary>
    internal static string Pattern(string value, bool whole)
    {
        var escaped = value.ToLowerInvariant().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_").Replace('*', '%');
        return whole ? escaped : $"%{escaped}%";
    }

    protected override Expression<Func<CallRow, bool>> One(FilterOperator how, string value, DateTimeOffset now) =>
        Predicates.Any(columns.Select(c => Predicates.Of(c, Test(how, value))));

    private Expression<Func<string, bool>> Test(FilterOperator how, string value)
    {
        var lower = value.ToLowerInvariant();
        if (IsHost && lower is ['.', ..] && !lower.Contains('*', StringComparison.Ordinal))
        {
            var (domain, below) = (lower[1..], "%" + Pattern(lower, whole: true));
            return text => text == domain || EF.Functions.Like(text, below, @"\");
        }

        if (how == FilterOperator.Exactly)
        {
            var exactly = Pattern(value.Replace("*", "\u0001", StringComparison.Ordinal), whole: true).Replace('\u0001', '*');
            return text => EF.Functions.Like(text.ToLower(), exactly, @"\");
        }

        var like = Pattern(IsId ? $"{value}*" : value, IsId || value.Contains('*', StringComparison.Ordinal));
        return text => EF.Functions.Like(text.ToLower(), like, @"\");
    }
}
