using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Forwarding;

/// <summary>Registers a forwarder for each configured target.</summary>
internal static class ForwardingRegistration
{
    public static void AddForwarding(this IServiceCollection services, ConsoleOptions options)
    {
        if (options.ForwardToAkto is { } akto)
        {
            services.AddSingleton<IHostedService>(provider => Make(provider, new AktoTarget(akto, provider.GetRequiredService<TimeProvider>())));
        }

        if (options.ForwardToOtlp is { } otlp)
        {
            services.AddSingleton<IHostedService>(provider => Make(provider, new OtlpTarget(otlp, provider.GetRequiredService<TimeProvider>())));
        }
    }

    private static CallForwarder Make(IServiceProvider provider, ICallTarget target) => new(
        target, provider.GetRequiredService<IDbContextFactory<ConsoleDb>>(), provider.GetRequiredService<ContentSeal>(),
        provider.GetRequiredService<CallFeed>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CallForwarder>>());
}
