using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using AktoDivert.Console.Api;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Calls;
using AktoDivert.Console.Calls.Filtering;
using AktoDivert.Console.Components;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Forwarding;
using AktoDivert.Console.Guardrails;
using AktoDivert.Console.Inventory;
using AktoDivert.Console.Notifications;
using AktoDivert.Console.Prices;
using AktoDivert.Console.Overview;
using AktoDivert.Console.Sessions;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.SignIn.Oidc;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Traffic;
using AktoDivert.Console.Violations;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using Radzen;

namespace AktoDivert.Console.Hosting;

/// <summary>Composes the web application.</summary>
internal static class ConsoleApp
{
    private const int GuessesPerMinute = 20;
    private const int ApiPerSecond = 50;
    private const int ApiBurst = 500;

    // What a person types into a form is one message; what may be larger travels as a stream.
    private const long LargestMessage = 256 << 10;

    /// <summary>Builds the application with its database migrated and its settings loaded; the caller starts it.</summary>
    /// <exception cref="ConsoleStartException">An option does not work on this machine.</exception>
    public static async Task<WebApplication> BuildAsync(ConsoleOptions options, TimeProvider time, CancellationToken cancellation)
    {
        DataDirectory.Ensure(options.DataDirectory);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(ConsoleApp).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(ListenAddresses.Of(options));
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            k.Limits.MaxRequestBodySize = AktoApi.LargestBody;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs what is expected too, such as the question for a table that is about to be made; whoever asked logs what is not.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        // It warns at each start that the keys in the data directory, which is ours alone, are not encrypted with yet another key.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        AddServices(builder.Services, options, time);
        var app = builder.Build();
        await PrepareAsync(app.Services, cancellation);
        UseAll(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, ConsoleOptions options, TimeProvider time)
    {
        services.AddSingleton(options).AddSingleton(time).AddConsoleDb(options).AddSignIn(options);
        services.AddSingleton<AuditLog>().AddSingleton<SettingsStore>().AddSingleton<ConfigurationHistory>().AddSingleton<Privacy>().AddSingleton<UpdateRings>();
        services.AddSingleton<DevicePresence>().AddSingleton<DeviceStore>().AddSingleton<DeviceDiagnostics>();
        services.AddSingleton<GuardrailPolicies>().AddSingleton<ViolationStore>().AddSingleton<ViolationExceptions>();
        services.AddSingleton<AssetInventory>().AddSingleton<AppDecisions>().AddSingleton<AppsCatalogue>().AddSingleton<ToolDecisions>();
        services.AddSingleton<PriceTable>().AddSingleton<NotificationTargets>();
        services.AddSingleton<ContentMask>().AddSingleton<CallIntake>().AddSingleton<CallCommit>().AddSingleton<CallCopy>();
        services.AddSingleton(new IngestCapacity(options.IngestCapacity)).AddSingleton<IngestQueue<NewCall>>().AddSingleton<CallFeed>().AddSingleton<CallQuery>();
        services.AddSingleton<IngestQueue<FlowRow>>().AddSingleton<FlowIntake>().AddSingleton<FlowCommit>().AddSingleton<FlowFeed>().AddSingleton<FlowQuery>();
        services.AddSingleton<CallValues>().AddSingleton<KnownValues>().AddSingleton<OverviewQuery>().AddSingleton<SessionQuery>().AddSingleton<TrafficTree>().AddSingleton<TimelineQuery>().AddSingleton<PolicyTrial>().AddSingleton<GuardrailTrial>();
        services.AddHostedService<CallWriter>().AddHostedService<FlowWriter>().AddHostedService<Retention>();
        services.AddSingleton<NotificationQueue>().AddSingleton<NotificationSender>().AddHostedService<NotificationWorker>();
        services.AddSingleton<DepartureWatch>().AddHostedService(provider => provider.GetRequiredService<DepartureWatch>());
        services.AddSingleton<ForwardStates>().AddForwarding(options);
        if (options.Database is not null)
        {
            services.AddSingleton<NodePresence>().AddHostedService(provider => provider.GetRequiredService<NodePresence>());
            services.AddHostedService<NodeListener>();
            services.AddSingleton<CallIndexing>().AddHostedService(provider => provider.GetRequiredService<CallIndexing>());
        }

        services.AddProblemDetails().AddExceptionHandler<BadRequestProblems>().AddOpenApi();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o =>
        {
            // By name alone: a number that stands for nothing would be stored.
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
            // What is missing in a body is the sender's fault.
            o.SerializerOptions.RespectNullableAnnotations = true;
            o.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        services.AddRateLimiter(o =>
        {
            o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            o.AddPolicy(SignInEndpoints.RateLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "socket",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = GuessesPerMinute, Window = TimeSpan.FromMinutes(1) }));
        });
        services.Configure<RateLimiterOptions>(o => o.AddPolicy(AdminApi.RateLimit, context => RateLimitPartition.GetTokenBucketLimiter(
            context.User.Identity?.Name ?? "",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = ApiBurst, TokensPerPeriod = ApiPerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1) })));
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(o => o.MaximumReceiveMessageSize = LargestMessage);
        services.AddScoped<AuthenticationStateProvider, CircuitRevalidation>();
        services.AddCascadingAuthenticationState().AddHttpContextAccessor().AddRadzenComponents();
    }

    private static async Task PrepareAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await services.MigrateAsync(cancellation);
        await services.GetRequiredService<SettingsStore>().LoadAsync(cancellation);
        await services.GetRequiredService<PriceTable>().LoadAsync(cancellation);
        await services.GetRequiredService<CallValues>().ReadAsync(cancellation);
        await services.GetRequiredService<DeviceDiagnostics>().ReadAsync(cancellation);
    }

    private static void UseAll(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseSecurityHeaders();
        app.UseStatusCodePages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app.MapGet("/healthz", () => "ok").AllowAnonymous();
        app.MapAktoApi();
        app.MapAgentApi();
        app.MapAdminApi();
        app.MapCallExport();
        app.MapTableExport();
        app.MapSignIn();
        app.MapOidc();
        app.MapBlazorScript();
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = "'none'")
            .RequireAuthorization(Roles.Person);
    }
}
