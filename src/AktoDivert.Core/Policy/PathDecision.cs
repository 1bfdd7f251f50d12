namespace AktoDivert.Core.Policy;

/// <summary>Whether an intercepted exchange is captured and guarded.</summary>
/// <param name="Capture">True unless a rule says the exchange is none of our business.</param>
/// <param name="Rule">The rule's text, empty when the connection's own decision stands.</param>
public readonly record struct PathDecision(bool Capture, string Rule);
