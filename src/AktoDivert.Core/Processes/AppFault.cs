namespace AktoDivert.Core.Processes;

/// <summary>Something wrong with the description of an app.</summary>
/// <param name="Field">The field as it is called on the wire: <c>selectors</c>.</param>
/// <param name="Problem">A sentence that names the entry and says how to write it.</param>
public sealed record AppFault(string Field, string Problem);
