using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Calls;

/// <summary>Adds calls to the inventory as they are stored, so that its pages never count calls.</summary>
internal static class Sightings
{
    private static readonly SumTable<AppSightingRow> Apps = new(
        "AppSightings",
        new("DeviceId", SumRule.Key, a => a.DeviceId), new("App", SumRule.Key, a => a.App), new("Process", SumRule.Key, a => a.Process),
        new("ProcessPath", SumRule.Newest, a => a.ProcessPath), new("Version", SumRule.NewestIfAny, a => a.Version), new("Publisher", SumRule.First, a => a.Publisher),
        new("User", SumRule.Newest, a => a.User), new("Calls", SumRule.Add, a => a.Calls), new("Bytes", SumRule.Add, a => a.Bytes), new("Tokens", SumRule.Add, a => a.Tokens),
        new("Findings", SumRule.Add, a => a.Findings), new("FirstMs", SumRule.First, a => a.FirstMs), new("LastMs", SumRule.Newest, a => a.LastMs));

    private static readonly SumTable<EndpointSightingRow> Endpoints = new(
        "EndpointSightings",
        new("DeviceId", SumRule.Key, e => e.DeviceId), new("Host", SumRule.Key, e => e.Host), new("PathFamily", SumRule.Key, e => e.PathFamily),
        new("App", SumRule.Key, e => e.App), new("User", SumRule.Key, e => e.User), new("Model", SumRule.Key, e => e.Model),
        new("Provider", SumRule.Newest, e => e.Provider), new("Calls", SumRule.Add, e => e.Calls), new("Bytes", SumRule.Add, e => e.Bytes),
        new("Findings", SumRule.Add, e => e.Findings), new("FirstMs", SumRule.First, e => e.FirstMs), new("LastMs", SumRule.Newest, e => e.LastMs));

    private static readonly SumTable<ToolSightingRow> Tools = new(
        "ToolSightings",
        new("DeviceId", SumRule.Key, t => t.DeviceId), new("App", SumRule.Key, t => t.App), new("Server", SumRule.Key, t => t.Server), new("Tool", SumRule.Key, t => t.Tool),
        new("Offered", SumRule.Add, t => t.Offered), new("Called", SumRule.Add, t => t.Called), new("FirstMs", SumRule.First, t => t.FirstMs),
        new("LastMs", SumRule.Newest, t => t.LastMs));

    /// <summary>Adds calls within the transaction that is open.</summary>
    public static async Task AddAsync(ConsoleDb db, IReadOnlyList<NewCall> calls, CancellationToken cancellation)
    {
        await Apps.AddAsync(db, [.. calls.Select(c => c.Call).GroupBy(c => (c.DeviceId, App: AppOf(c), c.Process)).Select(g => App(g.Key.App, [.. g]))], cancellation);
        await Endpoints.AddAsync(
            db,
            [.. calls.Select(c => c.Call).GroupBy(c => (c.DeviceId, c.Host, c.PathFamily, App: AppOf(c), c.User, c.Model)).Select(g => Endpoint(g.Key.App, [.. g]))],
            cancellation);
        await Tools.AddAsync(
            db,
            [.. calls.SelectMany(c => c.Tools.Select(t => (c.Call, Tool: t))).GroupBy(u => (u.Call.DeviceId, App: AppOf(u.Call), u.Tool.Server, u.Tool.Tool)).Select(g => new ToolSightingRow
            {
                DeviceId = g.Key.DeviceId, App = g.Key.App, Server = g.Key.Server, Tool = g.Key.Tool, Offered = g.LongCount(), Called = g.Sum(u => (long)u.Tool.Called),
                FirstMs = g.Max(u => u.Call.ReceivedMs), LastMs = g.Max(u => u.Call.ReceivedMs),
            })],
            cancellation);
    }

    private static AppSightingRow App(string app, List<CallRow> calls) => new()
    {
        DeviceId = calls[^1].DeviceId, App = app, Process = calls[^1].Process, ProcessPath = calls[^1].ProcessPath, Version = calls[^1].AppVersion, Publisher = "",
        User = calls[^1].User, Calls = calls.Count, Bytes = calls.Sum(c => c.RequestBytes + c.ResponseBytes),
        Tokens = calls.Sum(c => (c.InputTokens ?? 0) + (c.OutputTokens ?? 0)), Findings = calls.Sum(c => c.Findings), FirstMs = calls[^1].ReceivedMs, LastMs = calls[^1].ReceivedMs,
    };

    private static EndpointSightingRow Endpoint(string app, List<CallRow> calls) => new()
    {
        DeviceId = calls[^1].DeviceId, Host = calls[^1].Host, PathFamily = calls[^1].PathFamily, App = app, User = calls[^1].User, Model = calls[^1].Model,
        Provider = calls[^1].Provider, Calls = calls.Count, Bytes = calls.Sum(c => c.RequestBytes + c.ResponseBytes), Findings = calls.Sum(c => c.Findings),
        FirstMs = calls[^1].ReceivedMs, LastMs = calls[^1].ReceivedMs,
    };

    private static string AppOf(CallRow call) => call.App.Length > 0 ? call.App : call.Process;
}
