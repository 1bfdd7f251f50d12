using AktoDivert.Guardrails.Calls;

namespace AktoDivert.Guardrails.Engine;

/// <summary>
/// Remembers messages that were scanned and are clean, or that a person chose to send after a warning: agents resend the whole history with
/// every call, and only what is new needs scanning. Two generations of hashes, each bounded. Thread-safe.
/// </summary>
internal sealed class ConversationMemory(int capacity = 100_000)
{
    private readonly Lock _lock = new();
    private HashSet<UInt128> _young = [];
    private HashSet<UInt128> _old = [];

    /// <summary>Whether the policies of that key have seen the text.</summary>
    public bool Knows(TextPart part, ulong policies)
    {
        var key = Key(part, policies);
        lock (_lock)
        {
            return _young.Contains(key) || (_old.Contains(key) && Add(key));
        }
    }

    /// <summary>Remembers a text.</summary>
    public void Remember(TextPart part, ulong policies)
    {
        var key = Key(part, policies);
        lock (_lock)
        {
            Add(key);
        }
    }

    private bool Add(UInt128 key)
    {
        if (_young.Count >= capacity)
        {
            (_old, _young) = (_young, []);
        }

        _young.Add(key);
        return true;
    }

    private static UInt128 Key(TextPart part, ulong policies) => part.Hash ^ new UInt128(policies, (ulong)part.Kind);
}
