namespace AktoDivert.Console.Calls;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c>, <c>tool</c> or what the app calls it.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsAnswer">Whether the call's own answer contains it.</param>
public sealed record ChatTurn(string Role, string Text, bool IsAnswer);
