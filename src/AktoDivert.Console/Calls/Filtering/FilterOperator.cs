namespace AktoDivert.Console.Calls.Filtering;

/// <summary>How a term compares.</summary>
internal enum FilterOperator
{
    /// <summary><c>:</c> contains, without case; <c>*</c> stands for any text. Numbers: equal.</summary>
    Has,

    /// <summary><c>=</c> exactly.</summary>
    Exactly,

    /// <summary><c>&gt;</c></summary>
    Above,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&lt;</c></summary>
    Below,

    /// <summary><c>&lt;=</c></summary>
    AtMost,
}
