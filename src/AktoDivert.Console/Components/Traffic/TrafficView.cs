namespace AktoDivert.Console.Components.Traffic;

/// <summary>What the Traffic page shows.</summary>
/// <param name="Text">The filter.</param>
/// <param name="All">Whether calls without prompt and model are shown too.</param>
/// <param name="Flows">Whether flows are shown in place of calls.</param>
/// <param name="Tree">Whether the tree by process stands beside them.</param>
/// <param name="Graph">Whether the graph stands above them.</param>
internal sealed record TrafficView(string Text = "", bool All = false, bool Flows = false, bool Tree = false, bool Graph = true);
