namespace AktoDivert.Core.Processes;

/// <summary>The processes whose connections are redirected: immutable, replaced as a whole.</summary>
/// <param name="Scope">Allow-list or all.</param>
/// <param name="Apps">The apps of the allow-list, in the order they are asked.</param>
public sealed record ProcessSelection(RedirectScope Scope, IReadOnlyList<CatalogueApp> Apps)
{
    /// <summary>
    /// The app a process belongs to by its own properties, or null. Whether it inherits from its parent is the caller's to know.
    /// A path or an argument says more than a name, so these are asked first.
    /// </summary>
    public AppMatch? Match(ProcessIdentity process) =>
        Match(process, static selector => selector.Kind != ProcessSelectorKind.Name)
            ?? Match(process, static selector => selector.Kind == ProcessSelectorKind.Name);

    private AppMatch? Match(ProcessIdentity process, Func<ProcessSelector, bool> kind)
    {
        foreach (var app in Apps)
        {
            foreach (var selector in app.Selectors)
            {
                if (kind(selector) && selector.Matches(process))
                {
                    return new AppMatch(app.Id, app.Name, selector.ToString()) { Source = app.Source };
                }
            }
        }

        return null;
    }
}
