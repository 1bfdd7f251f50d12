using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Traffic;

/// <summary>How a flow was treated, in one word: the lock of the tree, the colour of the table, the <c>decrypt:</c> of the filter.</summary>
internal static class Treatment
{
    /// <summary>Decrypted, guarded and captured.</summary>
    public const string Intercepted = "intercepted";

    /// <summary>Decrypted, but from some point on not understood: bytes still passed, unseen.</summary>
    public const string Opaque = "opaque";

    /// <summary>Passed through untouched, by a rule or because none matched.</summary>
    public const string Passed = "passed";

    /// <summary>Passed through because the app refused our certificate before.</summary>
    public const string Pinned = "pinned";

    /// <summary>Passed through because it cannot be decided or decrypted: no TLS, no host name, a name that our CA may not sign.</summary>
    public const string Undecryptable = "undecryptable";

    /// <summary>To be decrypted, but a handshake failed: no byte of the app passed.</summary>
    public const string Failed = "failed";

    private static readonly string[] Faults =
    [
        nameof(ConnectionEndReason.UpstreamTlsFailed), nameof(ConnectionEndReason.UpstreamCertificateInvalid), nameof(ConnectionEndReason.UpstreamWantsClientCertificate),
        nameof(ConnectionEndReason.AppRefusedCertificate), nameof(ConnectionEndReason.AppTlsFailed),
        nameof(ConnectionEndReason.DirectRefused),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Intercepted, Opaque, Passed, Pinned, Undecryptable, Failed];

    /// <summary>The treatment of a flow.</summary>
    public static string Of(FlowRecord flow) => flow switch
    {
        { Action: nameof(InterceptAction.Intercept), End: { } end } when Faults.Contains(end) => Failed,
        { Action: nameof(InterceptAction.Intercept), Opaque: not null } => Opaque,
        { Action: nameof(InterceptAction.Intercept) } => Intercepted,
        { Source: nameof(RuleSource.LearnedPassthrough) } => Pinned,
        { Source: nameof(RuleSource.Unsupported) } => Undecryptable,
        _ => Passed,
    };
}
