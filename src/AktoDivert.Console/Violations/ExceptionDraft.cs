using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Violations;

/// <summary>An exception to be added.</summary>
/// <param name="Kind">What it goes by.</param>
/// <param name="Value">The phrase, hash, path or user; 1 to 1000 characters.</param>
/// <param name="Expires">When it ends; within 366 days.</param>
/// <param name="Policy">Name of the policy that it concerns; empty for all.</param>
/// <param name="Reason">Why; at most 1000 characters.</param>
/// <param name="ViolationId">Violation it is made from; empty when from none.</param>
internal sealed record ExceptionDraft(
    ExceptionKind Kind, string Value, DateTimeOffset Expires, string Policy = "", string Reason = "", string ViolationId = "");
