namespace AktoDivert.Guardrails.Policies;

/// <summary>Something that a policy overlooks.</summary>
/// <param name="Kind"><c>phrase</c>, <c>hash</c>, <c>path</c>, <c>user</c> or <c>tool</c>.</param>
/// <param name="Value">The phrase, hash, path, user or tool.</param>
/// <param name="Expires">When it ends; null: never.</param>
internal sealed record CompiledException(string Kind, string Value, DateTimeOffset? Expires)
{
    /// <summary>Whether it still holds.</summary>
    public bool Holds(DateTimeOffset now) => Expires is not { } end || now < end;

    /// <summary>Whether a call is overlooked as a whole.</summary>
    public bool Covers(string path, string user) =>
        (Kind == "path" && Wildcard.Matches(Value, path)) || (Kind == "user" && Wildcard.Matches(Value, user));

    /// <summary>Whether a finding is overlooked: it stands within the phrase, or has the hash.</summary>
    public bool Covers(string text, int offset, int length, Func<string> hash)
    {
        if (Kind == "hash")
        {
            return string.Equals(hash(), Value, StringComparison.OrdinalIgnoreCase);
        }

        if (Kind != "phrase")
        {
            return false;
        }

        // Only near the finding: a phrase elsewhere in the text says nothing about it.
        var from = Math.Max(0, offset + length - Value.Length);
        var near = text.AsSpan(from, Math.Min(text.Length, offset + Math.Max(Value.Length, length)) - from);
        return near.Contains(Value, StringComparison.OrdinalIgnoreCase);
    }
}
