namespace AktoDivert.Console.Components;

/// <summary>Names the input within a Radzen component: its own <c>aria-label</c> would stand at the box around it.</summary>
internal static class InputLabel
{
    /// <summary>What <c>InputAttributes</c> takes.</summary>
    public static Dictionary<string, object> Labelled(string label) => new() { ["aria-label"] = label };
}
