using AktoDivert.Core.Guarding;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Answers of the gate itself, where no guard can be asked.</summary>
internal static class GateAnswers
{
    /// <summary>The guard failed or took too long, and the gate fails closed.</summary>
    public static BlockAnswer Unchecked { get; } = Answer("could not be checked against your organization's policy and was not sent.");

    /// <summary>What the guard wants masked cannot be put into the message's form.</summary>
    public static GuardDecision CannotRedact { get; } = new()
    {
        Verdict = Verdict.Block,
        Reason = "what was found cannot be masked in a message of this form",
        Answer = Answer("holds data that your organization's policy does not let pass, and was not sent."),
    };

    private static BlockAnswer Answer(string what) => new()
    {
        Status = 400,
        Headers = [new("content-type", "application/json"), new("x-should-retry", "false")],
        Body = Error("The request " + what),
        Message = Error("The message " + what),
    };

    private static byte[] Error(string message) => System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"type":"error","status":400,"error":{"type":"invalid_request_error","message":"{{{message}}}"}}""");
}
