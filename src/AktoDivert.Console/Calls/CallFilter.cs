using System.Linq.Expressions;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Calls;

/// <summary>What calls to list: a filter that was read, at the moment it applies.</summary>
internal sealed record CallFilter
{
    /// <summary>Conditions, all of which must hold.</summary>
    public IReadOnlyList<FilterTerm> Terms { get; init; } = [];

    /// <summary>What could not be understood of the text; the rest applies all the same.</summary>
    public IReadOnlyList<FilterError> Errors { get; init; } = [];

    /// <summary>Only calls that carry a prompt or name a model, which leaves out what apps fetch and report on the side.</summary>
    public bool PromptsOnly { get; init; }

    /// <summary>What <c>since:2h</c> counts from.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Reads a filter in the language of <see cref="FilterText"/>.</summary>
    public static CallFilter Parse(string text, DateTimeOffset now, bool promptsOnly = false)
    {
        var parsed = FilterText.Parse(text);
        return new CallFilter { Terms = parsed.Terms, Errors = parsed.Errors, PromptsOnly = promptsOnly, Now = now };
    }

    /// <summary>The same filter narrowed to a field's exact value; unchanged for an empty value.</summary>
    public CallFilter With(string field, string value) =>
        value.Length == 0 ? this : this with { Terms = [.. Terms, new FilterTerm(field, FilterOperator.Exactly, [value], Negated: false, 0, 0)] };

    /// <summary>Narrows a query; <paramref name="seal"/> finds words of prompts, <paramref name="values"/> whole values where it is given.</summary>
    public IQueryable<CallRow> Apply(IQueryable<CallRow> calls, ContentSeal seal, CallValues? values = null)
    {
        if (PromptsOnly)
        {
            calls = calls.Where(c => c.SealedPrompt != null || c.Model != "");
        }

        return Terms.Aggregate(calls, (narrowed, term) => narrowed.Where(values?.Resolve(Condition(term, seal, indexed: true)) ?? Condition(term, seal, indexed: false)));
    }

    private Expression<Func<CallRow, bool>> Condition(FilterTerm term, ContentSeal seal, bool indexed)
    {
        var condition = FilterFields.Find(term.Field)?.Condition(term, Now) ?? Shown(term.Values[0], seal, indexed);
        return term.Negated ? Predicates.Not(condition) : condition;
    }

    // Without case, which is what a person who types into a filter box expects; of prompts, which are sealed, whole words.
    private static Expression<Func<CallRow, bool>> Shown(string word, ContentSeal seal, bool indexed)
    {
        var like = TextField.Pattern(word, whole: false);
        var hash = WordIndex.Of(seal, word)?.Trim();
        var inPrompt = $"% {hash} %";
        Expression<Func<CallRow, bool>> isAsked = (hash, indexed) switch
        {
            (null, _) => c => false,
            (_, true) => c => ConsoleDb.HasWord(c.PromptWords, hash),
            _ => c => EF.Functions.Like(c.PromptWords, inPrompt),
        };
        Expression<Func<CallRow, bool>> isStatus = word.All(char.IsAsciiDigit) ? c => EF.Functions.Like(c.Status.ToString(), like, @"\") : c => false;
        return Predicates.Any<CallRow>([isAsked, isStatus, c => EF.Functions.Like(c.Host.ToLower(), like, @"\") || EF.Functions.Like(c.Path.ToLower(), like, @"\")
            || EF.Functions.Like(c.App.ToLower(), like, @"\") || EF.Functions.Like(c.Process.ToLower(), like, @"\")
            || EF.Functions.Like(c.Device.ToLower(), like, @"\") || EF.Functions.Like(c.User.ToLower(), like, @"\")
            || EF.Functions.Like(c.Model.ToLower(), like, @"\") || EF.Functions.Like(c.Rule.ToLower(), like, @"\")
            || EF.Functions.Like(c.Method.ToLower(), like, @"\")]);
    }
}
