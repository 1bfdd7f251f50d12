using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls;

/// <summary>An uploaded record on its way to the database.</summary>
/// <param name="Call">The call's row.</param>
/// <param name="Content">Its content; null when none is kept.</param>
/// <param name="Violations">What guardrails found in it.</param>
/// <param name="Tools">Tools that it offered or called.</param>
internal sealed record NewCall(CallRow Call, CallContentRow? Content, IReadOnlyList<ViolationRow> Violations, IReadOnlyList<ToolUse> Tools);
