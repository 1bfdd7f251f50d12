using AktoDivert.Console.SignIn;

namespace AktoDivert.Console.Api;

/// <summary>
/// Everything the pages do, for scripts: authenticated by a token, or by the cookie from the console's own pages. Whoever may sign in may read
/// what is neither content nor about people; what asks for more says so beside it.
/// </summary>
internal static class AdminApi
{
    /// <summary>Name of the rate limit on requests of one person or token.</summary>
    public const string RateLimit = "api";

    /// <summary>Address of the OpenAPI document.</summary>
    public const string Document = "/api/openapi.json";

    public static void MapAdminApi(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/admin").RequireAuthorization(Roles.Viewer).AddEndpointFilter<SameOrigin>().RequireRateLimiting(RateLimit);
        PatternsApi.Map(group.MapGroup("/patterns").WithTags("Proxy Patterns"));
        DomainsApi.Map(group.MapGroup("/domains/{list}").WithTags("Domains"));
        CatalogueApi.Map(group.MapGroup("/catalogue").WithTags("Apps catalogue"));
        UpdatesApi.Map(group.MapGroup("/updates").WithTags("Updates"));
        ConfigurationApi.Map(group.WithTags("Configuration"));
        GuardrailsApi.Map(group.MapGroup("/guardrails").WithTags("Guardrails"));
        ViolationsApi.Map(group.MapGroup("").WithTags("Violations"));
        InventoryApi.Map(group.MapGroup("/inventory").WithTags("Inventory"));
        DevicesApi.Map(group.MapGroup("").WithTags("Devices"));
        PeopleApi.Map(group.MapGroup("").WithTags("People and tokens").RequireAuthorization(Roles.Admin));
        NotificationsApi.Map(group.MapGroup("/notifications").WithTags("Notifications").RequireAuthorization(Roles.Admin));
        CallsApi.Map(group.MapGroup("").WithTags("Calls"));
        routes.MapOpenApi(Document).RequireAuthorization(Roles.Viewer);
    }
}
