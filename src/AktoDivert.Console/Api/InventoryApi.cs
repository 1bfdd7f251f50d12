using AktoDivert.Console.Inventory;
using AktoDivert.Console.Prices;
using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>Apps, endpoints, tools, flows and prices.</summary>
internal static class InventoryApi
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(1);

    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/apps", async (AssetInventory inventory, CancellationToken cancellation) => await inventory.AppsAsync(cancellation))
            .WithSummary("Lists AI apps");
        group.MapGet("/endpoints", async (AssetInventory inventory, CancellationToken cancellation) => await inventory.EndpointsAsync(cancellation))
            .WithSummary("Lists AI endpoints");
        group.MapGet("/tools", async (AssetInventory inventory, CancellationToken cancellation) => await inventory.ToolsAsync(cancellation))
            .WithSummary("Lists tools, with what was decided about them");
        group.MapGet("/servers", async (AssetInventory inventory, CancellationToken cancellation) => inventory.ServersOf(await inventory.ToolsAsync(cancellation)))
            .WithSummary("Lists MCP servers");
        group.MapPut("/tools", async (ToolChoice choice, Actor by, ToolDecisions decisions, CancellationToken cancellation) => Outcomes.Of(
            await decisions.DecideAsync(choice.Server, choice.Tool, new ToolDecision(choice.State, choice.Reason, choice.Until), by, cancellation), "tool"))
            .RequireAuthorization(Roles.Admin).WithSummary("Decides about a tool of an MCP server, or without a tool about the server");
        group.MapGet("/traffic", async (AssetInventory inventory, TimeProvider time, CancellationToken cancellation, long? since = null) =>
            await inventory.TrafficAsync(since ?? (time.GetUtcNow() - DefaultSpan).ToUnixTimeMilliseconds(), cancellation))
            .WithSummary("Lists flows, hour by hour");
        group.MapGet("/prices", (PriceTable prices) => prices.Current).WithSummary("Lists the prices of models");
        group.MapPut("/prices/{model}", async (string model, PriceEntry entry, Actor by, PriceTable prices, CancellationToken cancellation) => Outcomes.Of(
            await prices.PutAsync(model, entry.Input, entry.Output, entry.CacheRead, entry.CacheWrite, by, cancellation), "price"))
            .RequireAuthorization(Roles.Admin).WithSummary("Sets the price of a model, in dollars for a million tokens");
        group.MapDelete("/prices/{model}", async (string model, Actor by, PriceTable prices, CancellationToken cancellation) =>
            Outcomes.Of(await prices.DeleteAsync(model, by, cancellation), $"price of {model}"))
            .RequireAuthorization(Roles.Admin).WithSummary("Deletes the price of a model");
    }

    /// <summary>Body of a decision about an MCP server or tool; see <see cref="ToolDecision"/>.</summary>
    internal sealed record ToolChoice(string Server, ToolState State, string Tool = "", string Reason = "", DateTimeOffset? Until = null);

    /// <summary>Body of a price, in dollars for a million tokens.</summary>
    internal sealed record PriceEntry(double Input, double Output, double CacheRead = 0, double CacheWrite = 0);
}
