using AktoDivert.Core.Flows;

namespace AktoDivert.Proxy.Classify;

/// <summary>What the first bytes of a connection are.</summary>
/// <param name="Class">The class.</param>
/// <param name="ClientHello">What the ClientHello said; null unless TLS.</param>
/// <param name="Explanation">Why it is not TLS, for a person; empty when it is.</param>
internal readonly record struct Classification(ConnectionClass Class, ClientHelloFacts? ClientHello, string Explanation);
