using System.Globalization;
using System.Text;
using AktoDivert.Console.Inventory;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AktoDivert.Console.Api;

/// <summary>Lists as files: the inventory as CSV (RFC 4180), domain lists as text that the same page takes in again.</summary>
internal static class TableExport
{
    private const string Csv = "text/csv; charset=utf-8";

    public static void MapTableExport(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/export").RequireAuthorization(Roles.Viewer).ExcludeFromDescription();
        group.MapGet("/inventory/{list}", InventoryAsync);
        group.MapGet("/domains/{list}", (string list, SettingsStore settings) => Enum.TryParse<DomainList>(list, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
            ? (IResult)File(string.Concat(settings.Current.Domains(parsed).Select(d => d.Domain + "\n")), "text/plain; charset=utf-8", $"{list}-domains.txt")
            : TypedResults.Problem($"There is no domain list {list}: ai and chatty exist.", statusCode: StatusCodes.Status404NotFound));
    }

    private static async Task<IResult> InventoryAsync(string list, AssetInventory inventory, CancellationToken cancellation) => list switch
    {
        "apps" => File(
            Table(
                ["app", "processes", "versions", "publisher", "decision", "devices", "users", "calls", "bytes", "tokens", "findings", "first seen", "last seen"],
                (await inventory.AppsAsync(cancellation)).Select(a => new object[]
                {
                    a.App, Join(a.Processes), Join(a.Versions), a.Publisher, a.Decision?.State ?? AppState.Undecided, a.Devices, a.Users, a.Calls, a.Bytes, a.Tokens, a.Findings,
                    Time(a.FirstMs), Time(a.LastMs),
                })),
            Csv, "apps.csv"),
        "endpoints" => File(
            Table(
                ["host", "path family", "provider", "models", "apps", "users", "devices", "calls", "bytes", "findings", "first seen", "last seen"],
                (await inventory.EndpointsAsync(cancellation)).Select(e => new object[]
                {
                    e.Host, e.PathFamily, e.Provider, Join(e.Models), Join(e.Apps), Join(e.Users), e.Devices, e.Calls, e.Bytes, e.Findings, Time(e.FirstMs), Time(e.LastMs),
                })),
            Csv, "endpoints.csv"),
        "tools" => File(
            Table(
                ["server", "tool", "decision", "denied", "reason", "until", "apps", "devices", "offered", "called", "first seen", "last seen"],
                (await inventory.ToolsAsync(cancellation)).Select(t => new object[]
                {
                    t.Server, t.Tool, t.Decision.State, t.IsDenied, t.Decision.Reason, t.Decision.Until is { } until ? Time(until.ToUnixTimeMilliseconds()) : "", Join(t.Apps), t.Devices, t.Offered, t.Called, Time(t.FirstMs), Time(t.LastMs),
                })),
            Csv, "tools.csv"),
        _ => TypedResults.Problem($"There is no list {list}: apps, endpoints and tools exist.", statusCode: StatusCodes.Status404NotFound),
    };

    /// <summary>Rows as CSV. A cell that a spreadsheet would compute gets an apostrophe before it: names come from devices.</summary>
    internal static string Table(IReadOnlyList<string> head, IEnumerable<object[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend([.. head]))
        {
            text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Cell(object value)
    {
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        text = value is string && text is ['=' or '+' or '-' or '@' or '\t', ..] ? $"'{text}" : text;
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static FileContentHttpResult File(string text, string type, string name) => TypedResults.File(Encoding.UTF8.GetBytes(text), type, name);

    private static string Join(IEnumerable<string> values) => string.Join("; ", values);

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
