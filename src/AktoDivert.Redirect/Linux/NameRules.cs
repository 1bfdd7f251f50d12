using System.Text;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>
/// What the kernel checks at exec, made from a selection: exact names select at once; whatever needs a path or arguments only makes
/// candidates, for <see cref="ProcessTable"/> to decide.
/// </summary>
internal sealed class NameRules
{
    private readonly Dictionary<string, NameRuleRecord> _rules = new(StringComparer.Ordinal);

    internal NameRules(ProcessSelection selection, AppTable apps)
    {
        foreach (var app in selection.Apps)
        {
            var index = apps.IndexOf(app.Id, app.Name);
            foreach (var selector in app.Selectors)
            {
                Add(selector, index);
            }
        }
    }

    /// <summary>Flags by name: of an executable, of its invocation, or of a directory above it.</summary>
    internal IReadOnlyDictionary<string, NameRuleRecord> Rules => _rules;

    /// <summary>A path glob without any literal component: every program is a candidate.</summary>
    internal bool AllCandidates { get; private set; }

    private void Add(ProcessSelector selector, uint app)
    {
        switch (selector.Kind)
        {
            case ProcessSelectorKind.Name:
                // A longer name is cut in the kernel, so it cannot be told from its like there.
                var fits = Encoding.UTF8.GetByteCount(selector.Value) < NameRecord.Length;
                Add(selector.Value, fits ? NameFlags.Selected : NameFlags.Candidate, app);
                break;
            case ProcessSelectorKind.Path:
                AddPath(selector.Value, app);
                break;
            case ProcessSelectorKind.CommandLine:
                foreach (var interpreter in ProcessSelector.Interpreters)
                {
                    Add(interpreter, NameFlags.Candidate, app);
                }

                break;
        }
    }

    // The last literal component: the nearest to the executable, so that it lies below the mount point whose names the kernel walks.
    private void AddPath(string glob, uint app)
    {
        var components = glob.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var anchor = Array.FindLastIndex(components, static component => component.AsSpan().IndexOfAny('*', '?') < 0);
        if (anchor < 0)
        {
            AllCandidates = true;
            return;
        }

        Add(components[anchor], anchor == components.Length - 1 ? NameFlags.Candidate : NameFlags.Directory, app);
    }

    private void Add(string name, NameFlags flags, uint app)
    {
        // The app of the rule that selects is the one the kernel notes; candidates get theirs when they are decided.
        var known = _rules.GetValueOrDefault(name);
        var keepsApp = known.Flags.HasFlag(NameFlags.Selected) || (known.App != 0 && !flags.HasFlag(NameFlags.Selected));
        _rules[name] = new NameRuleRecord(known.Flags | flags, keepsApp ? known.App : app);
    }
}
