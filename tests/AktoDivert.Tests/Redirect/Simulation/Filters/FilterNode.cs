namespace AktoDivert.Tests.Redirect.Simulation.Filters;

/// <summary>A part of a parsed filter.</summary>
internal abstract record FilterNode
{
    /// <summary>Tests in it, which is what the driver's limit of 256 instructions counts.</summary>
    public abstract int Tests { get; }

    /// <summary>Whether the subject matches.</summary>
    public abstract bool Evaluate(in FilterSubject subject);

    /// <summary>One test of a field.</summary>
    internal sealed record Test(FieldReader Field, bool Negated, string Comparison, UInt128 Value) : FilterNode
    {
        public override int Tests => 1;

        public override bool Evaluate(in FilterSubject subject)
        {
            // Without its header a field fails every test, the negated one too; the header itself is a field that is then zero.
            if (!Field.TryRead(subject, out var value))
            {
                return false;
            }

            var holds = Comparison switch
            {
                "==" or "=" => value == Value,
                "!=" => value != Value,
                "<" => value < Value,
                ">" => value > Value,
                "<=" => value <= Value,
                _ => value >= Value,
            };
            return holds != Negated;
        }
    }

    /// <summary>True or false.</summary>
    internal sealed record Constant(bool Value) : FilterNode
    {
        public override int Tests => 1;

        public override bool Evaluate(in FilterSubject subject) => Value;
    }

    /// <summary>Both or either.</summary>
    internal sealed record Pair(FilterNode Left, FilterNode Right, bool IsAnd) : FilterNode
    {
        public override int Tests => Left.Tests + Right.Tests;

        public override bool Evaluate(in FilterSubject subject) => IsAnd
            ? Left.Evaluate(subject) && Right.Evaluate(subject)
            : Left.Evaluate(subject) || Right.Evaluate(subject);
    }

    /// <summary>A condition and what follows from it.</summary>
    internal sealed record Choice(FilterNode Condition, FilterNode Then, FilterNode Else) : FilterNode
    {
        public override int Tests => Condition.Tests + Then.Tests + Else.Tests;

        public override bool Evaluate(in FilterSubject subject) =>
            Condition.Evaluate(subject) ? Then.Evaluate(subject) : Else.Evaluate(subject);
    }
}
