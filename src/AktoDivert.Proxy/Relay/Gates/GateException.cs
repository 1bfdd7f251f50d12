namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>A guarded connection breaks its protocol, so that what is on it can be neither judged nor passed safely.</summary>
internal sealed class GateException(string slug, string message) : IOException(message)
{
    /// <summary>Last part of the counter <c>gate.ended.SLUG</c>.</summary>
    public string Slug => slug;
}
