namespace AktoDivert.Console.Calls.Filtering;

/// <summary>
/// A filter as a person writes it: terms between blanks, all of which must hold.
/// <code>
/// filter := term*          term  := ["-"] (word | field op value ("," value)*)
/// op     := ":" "=" "&gt;" "&gt;=" "&lt;" "&lt;="      value, word := characters, or "characters in quotes"
/// </code>
/// <c>app:claude host:*.anthropic.com -status:200 tokens&gt;4000 since:2h "two words"</c>. Reading never throws.
/// </summary>
/// <param name="Terms">What was understood.</param>
/// <param name="Errors">What was not, in order.</param>
internal sealed record FilterText(IReadOnlyList<FilterTerm> Terms, IReadOnlyList<FilterError> Errors)
{
    /// <summary>Longest filter read; what follows is an error.</summary>
    public const int Longest = 2000;

    /// <summary>Most terms.</summary>
    public const int MostTerms = 40;

    /// <summary>Most values of one term.</summary>
    public const int MostValues = 40;

    /// <summary>Reads a filter.</summary>
    public static FilterText Parse(string text)
    {
        var (terms, errors) = (new List<FilterTerm>(), new List<FilterError>());
        if (text.Length > Longest)
        {
            errors.Add(new FilterError(Longest, text.Length - Longest, $"The filter has {text.Length} characters; at most {Longest} are read."));
            text = text[..Longest];
        }

        foreach (var token in FilterToken.Split(text))
        {
            if (terms.Count == MostTerms)
            {
                errors.Add(new FilterError(token.Start, text.Length - token.Start, $"At most {MostTerms} terms are possible."));
                break;
            }

            Read(token, terms, errors);
        }

        return new FilterText(terms, errors);
    }

    private static void Read(FilterToken token, List<FilterTerm> terms, List<FilterError> errors)
    {
        void Refuse(string message) => errors.Add(new FilterError(token.Start, token.Length, message));

        if (!token.Closed)
        {
            Refuse("A quotation mark is opened here and not closed.");
            return;
        }

        var negated = token.Text.Length > 1 && token.Text[0] is '-' or '!' && !token.Quoted[0];
        var rest = negated ? 1 : 0;
        var at = OperatorAt(token, rest);
        if (at < 0)
        {
            if (token.Text.Length > rest)
            {
                terms.Add(new FilterTerm("", FilterOperator.Has, [token.Text[rest..]], negated, token.Start, token.Length));
            }

            return;
        }

        var name = token.Text[rest..at].ToLowerInvariant();
        var (how, length) = OperatorOf(token.Text.AsSpan(at));
        if (FilterFields.Find(name) is not { } field)
        {
            Refuse($"There is no field \"{name}\".{Nearest(name)} To look for the text itself, put it in quotes.");
            return;
        }

        var values = Values(token, at + length);
        if (values.Count == 0)
        {
            Refuse($"{field.Name} needs a value, for example {field.Example}.");
        }
        else if (values.Count > MostValues)
        {
            Refuse($"{field.Name} has {values.Count} values; at most {MostValues} are possible.");
        }
        else if (field.Check(how, values) is { } fault)
        {
            Refuse(fault);
        }
        else
        {
            terms.Add(new FilterTerm(field.Name, how, values, negated, token.Start, token.Length));
        }
    }

    // A field's name is letters only, so that "10:30" or ":x" is a word.
    private static int OperatorAt(FilterToken token, int from)
    {
        for (var i = from; i < token.Text.Length; i++)
        {
            if (!token.Quoted[i] && token.Text[i] is ':' or '=' or '<' or '>')
            {
                return i == from ? -1 : i;
            }

            if (!char.IsAsciiLetter(token.Text[i]) || token.Quoted[i])
            {
                return -1;
            }
        }

        return -1;
    }

    // "tokens:>4000" is how some filter languages write it; it means the same.
    private static (FilterOperator Operator, int Length) OperatorOf(ReadOnlySpan<char> text)
    {
        var colon = text[0] == ':' && text.Length > 1 && text[1] is '<' or '>' or '=' ? 1 : 0;
        return text[colon..] switch
        {
            ['>', '=', ..] => (FilterOperator.AtLeast, colon + 2),
            ['<', '=', ..] => (FilterOperator.AtMost, colon + 2),
            ['>', ..] => (FilterOperator.Above, colon + 1),
            ['<', ..] => (FilterOperator.Below, colon + 1),
            ['=', ..] => (FilterOperator.Exactly, colon + 1),
            _ => (FilterOperator.Has, 1),
        };
    }

    private static List<string> Values(FilterToken token, int from)
    {
        var values = new List<string>();
        for (var (i, begin) = (from, from); i <= token.Text.Length; i++)
        {
            if (i == token.Text.Length || (token.Text[i] == ',' && !token.Quoted[i]))
            {
                if (i > begin)
                {
                    values.Add(token.Text[begin..i]);
                }

                begin = i + 1;
            }
        }

        return values;
    }

    private static string Nearest(string name) =>
        FilterFields.All.FirstOrDefault(f => f.Name.StartsWith(name, StringComparison.Ordinal) || name.StartsWith(f.Name, StringComparison.Ordinal)) is { } near
            ? $" Did you mean {near.Name}?"
            : $" There are {string.Join(", ", FilterFields.All.Select(f => f.Name))}.";
}
