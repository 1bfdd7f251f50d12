using AktoDivert.Core.Processes;

namespace AktoDivert.Agent.Policy;

/// <summary>An app as the layers make it.</summary>
/// <param name="App">The app.</param>
/// <param name="Redirected">Whether it is on the allow-list.</param>
/// <param name="DecidedBy">Who decided that.</param>
internal sealed record LayeredApp(CatalogueApp App, bool Redirected, AppSource DecidedBy)
{
    /// <summary>Who added the app and who switched it, for a person: <c>shipped, switched off by the organisation</c>.</summary>
    public string Origin => $"{(App.Source == AppSource.Shipped ? "shipped" : $"of {Name(App.Source)}")}{Switched}";

    private string Switched =>
        DecidedBy != App.Source ? $", switched {(Redirected ? "on" : "off")} by {Name(DecidedBy)}"
        : Redirected ? ""
        : App.Source == AppSource.Shipped ? ", off by default"
        : ", switched off";

    private static string Name(AppSource source) => source == AppSource.Organisation ? "the organisation" : "this device";
}
