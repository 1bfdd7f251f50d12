using System.Diagnostics;
using System.Reflection;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Guarding;
using AktoDivert.Agent.Policy;
using AktoDivert.Capture;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Wire;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;

namespace AktoDivert.Agent.Hosting;

/// <summary>Puts the state of the agent together, for <c>status</c> and for the heartbeat.</summary>
internal sealed class StatusSource(
    AgentOptions options,
    DeviceIdentity device,
    PolicyStore policy,
    GuardPolicies guardrails,
    IFlowRedirector redirector,
    TransparentProxy proxy,
    DeviceAuthority authority,
    AuthorityWorker authorityWorker,
    UploadProgress upload,
    AgentCounters counters,
    TimeProvider time)
{
    private const string Intercepted = "flow.intercept.";
    private const string PassedThrough = "flow.passthrough.";
    private const string Ended = "flow.ended.";
    private const string Opaque = "tap.opaque.";

    private static readonly RedirectorHealth SwitchedOff =
        new(RedirectorState.Stopped, "off by configuration ($.redirect.engine is none)", "set redirect.engine to auto and restart the agent");

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Version of the agent.</summary>
    public static string Version { get; } =
        typeof(StatusSource).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The state now.</summary>
    public StatusReport Read()
    {
        var settings = policy.InForce.Settings;
        var all = counters.Read();
        var engine = redirector.ReadCounters();
        var health = options.Redirect.Enabled ? redirector.Health : SwitchedOff;
        using var process = Process.GetCurrentProcess();
        return new StatusReport
        {
            Version = Version,
            Pid = Environment.ProcessId,
            Started = _started,
            Device = device.Label,
            Engine = new EngineStatus(redirector.Engine, health.State, health.Reason, health.Fix, [proxy.PortV4, proxy.PortV6], engine),
            Policy = new PolicyStatus(
                settings.Version, policy.Origin, settings.Scope.ToString(), settings.Patterns.Count, settings.AiDomains.Count, settings.ChattyDomains.Count,
                [.. policy.Errors, .. authorityWorker.Needed().Inexpressible.Select(left => $"{left.Pattern} passes through: {left.Reason}")]),
            Guardrails = new GuardrailStatus(guardrails.InForce, guardrails.Errors, Below(all, "guard.verdict.")),
            Coverage = new CoverageStatus(
                Below(all, Intercepted).Values.Sum(),
                Below(all, PassedThrough),
                Faults(all),
                engine.QuicDenied,
                counters["flow.ech.seen"],
                Below(all, Opaque)),
            Upload = upload.Read(),
            Authority = new AuthorityStatus(
                authority.Generation,
                authority.Root?.Subject ?? "",
                authority.Root is { } root ? new DateTimeOffset(root.NotAfter.ToUniversalTime()) : null,
                authorityWorker.Stores.Where(store => store.State != TrustStoreState.NotPresent).ToDictionary(store => store.Store, InWords),
                authority.Root is null ? "there is none yet" : ""),
            Learned = policy.Provider.Learned.Entries(),
            Resources = new ResourceStatus(process.WorkingSet64, GC.GetTotalMemory(false), process.TotalProcessorTime.TotalSeconds),
            Counters = all,
        };
    }

    /// <summary>The state for the console's Devices page.</summary>
    public DeviceState ReadForConsole()
    {
        var status = Read();
        var engine = status.Engine.Counters;
        return new DeviceState
        {
            Engine = status.Engine.Name,
            EngineState = status.Engine.State.ToString(),
            EngineReason = status.Engine.Reason,
            SettingsVersion = status.Policy.Version,
            CaStores = [.. authorityWorker.Stores.Where(store => store.State == TrustStoreState.Installed).Select(store => store.Store)],
            RingRecords = status.Upload.RingRecords,
            SpoolRecords = status.Upload.SpoolRecords,
            Counters = new Dictionary<string, long>(status.Counters)
            {
                ["redirect.seen"] = engine.Seen,
                ["redirect.redirected"] = engine.Redirected,
                ["redirect.quic-denied"] = engine.QuicDenied,
                ["redirect.direct"] = engine.Direct,
                ["redirect.direct-refused"] = engine.DirectRefused,
                ["redirect.lost"] = engine.Lost,
                ["redirect.orphans"] = engine.Orphans,
            },
            Learned = [.. status.Learned.Select(OnTheWire)],
            LastError = status.Upload.LastError,
        };
    }

    private static Dictionary<string, long> Below(SortedDictionary<string, long> all, string prefix) =>
        all.Where(counter => counter.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(counter => counter.Key[prefix.Length..], counter => counter.Value);

    private static Dictionary<string, long> Faults(SortedDictionary<string, long> all) =>
        Below(all, Ended).Where(counter => counter.Key is not ("completed" or "app-aborted" or "agent-stopping")).ToDictionary();

    private static string InWords(TrustStoreReport report) => string.Join("; ", new[] { report.State.ToString(), report.Detail, report.Fix }.Where(text => text.Length > 0));

    private static WireLearnedPassthrough OnTheWire(LearnedPassthrough entry) => new(
        entry.Process, entry.Host, entry.Reason, entry.Since.ToUnixTimeSeconds(), entry.IsPinned ? 0 : entry.Expires.ToUnixTimeSeconds(), entry.Refusals);
}
