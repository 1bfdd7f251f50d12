using System.Diagnostics.CodeAnalysis;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.State;
using AktoDivert.Core.Guarding.Policies;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Core.Wire;

namespace AktoDivert.Agent.Policy;

/// <summary>
/// The one place where policy changes: it keeps the layers, writes them to the state directory, and publishes the compiled result and the
/// process selection as a whole. Thread-safe.
/// </summary>
internal sealed class PolicyStore
{
    private readonly Lock _changing = new();
    private readonly AgentOptions _options;
    private readonly string? _consoleHost;
    private readonly StateFile<LocalPolicy> _localFile;
    private readonly StateFile<ConsoleSettings> _consoleFile;
    private LocalPolicy _local;
    private ConsoleSettings _console;

    /// <summary>Reads the layers and compiles them.</summary>
    /// <param name="options">Configuration layer and paths.</param>
    /// <param name="consoleUrl">The console in use; its host is never intercepted.</param>
    /// <param name="time">Clock of the learned passthroughs.</param>
    /// <exception cref="StateFileException">A state file is damaged.</exception>
    public PolicyStore(AgentOptions options, Uri? consoleUrl, TimeProvider time)
    {
        _options = options;
        _consoleHost = consoleUrl is { HostNameType: UriHostNameType.Dns } ? consoleUrl.IdnHost : null;
        _localFile = new StateFile<LocalPolicy>(AgentPaths.LocalPolicy(options), StateJson.Default.LocalPolicy);
        _consoleFile = new StateFile<ConsoleSettings>(AgentPaths.ConsoleSettings(options), StateJson.Default.ConsoleSettings);
        _local = _localFile.Read() ?? LocalPolicy.Empty;
        _console = _consoleFile.Read() ?? new ConsoleSettings();
        var snapshot = Compile();
        Provider = new PolicyProvider(snapshot, new LearnedPassthroughTable(time));
    }

    /// <summary>The policy in force.</summary>
    public PolicyProvider Provider { get; }

    /// <summary>Every app known, redirected or not.</summary>
    public IReadOnlyList<LayeredApp> Apps { get; private set; }

    /// <summary>The processes redirected.</summary>
    public ProcessSelection Selection { get; private set; }

    /// <summary>Entries of any layer that do not parse and are left out.</summary>
    public IReadOnlyList<string> Errors { get; private set; } = [];

    /// <summary>The strongest layer that says something: <c>console</c>, <c>local</c> or <c>shipped</c>.</summary>
    public string Origin => _console.Settings.Version is not null ? "console" : _local == LocalPolicy.Empty ? "shipped" : "local";

    /// <summary>The guardrail policies that the console sent last; null when it never sent any.</summary>
    public IReadOnlyList<GuardrailPolicy>? Guardrails => _console.Settings.Guardrails;

    /// <summary>Whether the console holds the list of that kind, so that the device cannot remove from it.</summary>
    public bool ConsoleHolds(DomainList list) =>
        (list == DomainList.Ai ? _console.Settings.AiDomains : _console.Settings.ChattyDomains) is not null;

    /// <summary>What is in force, once no change is under way: what it says, the redirector and the guardrails do.</summary>
    public PolicyInForce InForce
    {
        get
        {
            lock (_changing)
            {
                return new PolicyInForce(Provider.Current.Settings, Apps, Selection);
            }
        }
    }

    /// <summary>
    /// Raised to put a change in force, one change after the other, on the thread that makes it. Whoever hears it is done when it returns, and
    /// waits for no thread that reads <see cref="InForce"/>.
    /// </summary>
    public event Action? Changed;

    /// <summary>Takes what the console sent; absent members keep their value. In force when this returns, and when it throws.</summary>
    /// <exception cref="StateFileException">The settings are in force, but could not be kept for the next start.</exception>
    public void Apply(AccountSettings arrived)
    {
        lock (_changing)
        {
            ApplyOverrides(arrived.LearnedOverrides ?? []);
            _console = _console.With(arrived);
            Publish();
        }

        _consoleFile.Write(_console);
    }

    /// <summary>Adds a pattern of this device, or changes its mode.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? AddPattern(string text, bool intercept, DateTimeOffset now)
    {
        if (!HostPattern.TryParse(text, out var parsed, out var error))
        {
            return error;
        }

        var pattern = new ProxyPattern { Pattern = parsed!.Text, Intercept = intercept, AddedBy = "command line", UpdatedAt = now };
        Change(local => local with { Patterns = [.. local.Patterns.Where(p => p.Pattern != parsed.Text), pattern] });
        return null;
    }

    /// <summary>Removes a pattern that a command on this device added.</summary>
    /// <returns>Why not, or null.</returns>
    public string? RemovePattern(string text)
    {
        var canonical = HostPattern.TryParse(text, out var parsed, out _) ? parsed!.Text : text;
        if (_local.Patterns.All(p => p.Pattern != canonical))
        {
            return Provider.Current.Settings.Patterns.FirstOrDefault(p => p.Pattern == canonical) is { } other
                ? $"{canonical} was added by {(other.AddedBy.Length == 0 ? "the console" : other.AddedBy)}; remove it there"
                : $"there is no pattern {canonical}";
        }

        Change(local => local with { Patterns = [.. local.Patterns.Where(p => p.Pattern != canonical)] });
        return null;
    }

    /// <summary>Adds or removes a domain on this device.</summary>
    /// <returns>Why not, or null.</returns>
    public string? ChangeDomain(DomainList list, string text, bool add)
    {
        if (!DomainText.TryCanonical(text, out var domain, out var error))
        {
            return error;
        }

        var current = list == DomainList.Ai ? _local.AiDomains : _local.ChattyDomains;
        if (!add && !current.Add.Contains(domain) && ConsoleHolds(list))
        {
            return $"the console holds the list; remove {domain} there";
        }

        var inForce = list == DomainList.Ai ? Provider.Current.Settings.AiDomains : Provider.Current.Settings.ChattyDomains;
        if (!add && !inForce.Contains(domain, StringComparer.Ordinal))
        {
            return $"{domain} is not in the list";
        }

        var changed = new DomainChanges
        {
            Add = add ? [.. current.Add.Where(d => d != domain), domain] : [.. current.Add.Where(d => d != domain)],
            Remove = add ? [.. current.Remove.Where(d => d != domain)] : [.. current.Remove.Where(d => d != domain), domain],
        };
        Change(local => list == DomainList.Ai ? local with { AiDomains = changed } : local with { ChattyDomains = changed });
        return null;
    }

    private void Change(Func<LocalPolicy, LocalPolicy> change)
    {
        lock (_changing)
        {
            var changed = change(_local);
            _localFile.Write(changed);
            _local = changed;
            Publish();
        }
    }

    private void Publish()
    {
        Provider.Publish(Compile());
        Changed?.Invoke();
    }

    [MemberNotNull(nameof(Apps), nameof(Selection))]
    private PolicySnapshot Compile()
    {
        var ofApps = new List<string>();
        Apps = AppLayers.Combine(_options.Apps, _console.Settings.Apps, ofApps);
        var snapshot = PolicySnapshot.Compile(PolicyLayers.Combine(_options, _local, _console, Apps, _consoleHost), out var errors);
        Selection = new ProcessSelection(snapshot.Settings.Scope, [.. Apps.Where(app => app.Redirected).Select(app => app.App)]);
        Errors = [.. errors, .. ofApps];
        return snapshot;
    }

    private void ApplyOverrides(IEnumerable<WireLearnedOverride> overrides)
    {
        foreach (var said in overrides.Where(o => o.AtUnixSeconds > _console.OverridesAppliedUnixSeconds).OrderBy(o => o.AtUnixSeconds))
        {
            if (said.Action == "pin")
            {
                Provider.Learned.Pin(said.Process, said.Host);
            }
            else if (said.Action == "clear")
            {
                Provider.Learned.Clear(said.Process, said.Host);
            }
        }
    }
}
