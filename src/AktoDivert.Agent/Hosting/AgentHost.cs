using AktoDivert.Agent.Commands;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Control;
using AktoDivert.Agent.Guarding;
using AktoDivert.Agent.Policy;
using AktoDivert.Agent.Service;
using AktoDivert.Agent.Service.Windows;
using AktoDivert.Agent.Telemetry;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Capture.Upload;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Core.Exchanges;
using AktoDivert.Core.Flows;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;
using AktoDivert.Guardrails;
using AktoDivert.Guardrails.Remote;
using AktoDivert.Proxy;
using AktoDivert.Proxy.Intercept.Certificates;
using AktoDivert.Proxy.Intercept.Certificates.Trust;
using AktoDivert.Redirect;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AktoDivert.Agent.Hosting;

/// <summary>
/// Composes the agent. Hosted services start in the order of their registration and stop in the opposite one: what takes traffic in stops
/// first, what carries records out stops last.
/// </summary>
internal static class AgentHost
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectionsMayFinish = TimeSpan.FromSeconds(1);

    /// <summary>Makes the host; nothing runs yet.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="console">Where logs go, environment and clock.</param>
    /// <param name="asService">Whether the service control manager of Windows started this process.</param>
    /// <param name="replace">Registers services in place of the agent's own; null for none.</param>
    /// <exception cref="State.StateFileException">A state file is damaged.</exception>
    /// <exception cref="CertificateAuthorityException">The certificate authority's files cannot be used.</exception>
    public static IHost Build(
        AgentOptions options, AgentConsole console, bool asService = false, Action<IServiceCollection>? replace = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var recent = new RecentLog(console.Time);
        AddLogs(builder.Logging, options, console);
        builder.Logging.AddProvider(recent);
        var services = builder.Services;
        AddServiceControl(builder, asService);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        services.AddSingleton(options);
        services.AddSingleton(console.Time);
        services.AddSingleton(recent);
        services.AddSingleton(new AgentEnvironment(console.Environment));
        services.AddSingleton<AgentCounters>();
        services.AddSingleton(Device.Identify(options));
        var link = ConsoleLink.Find(options, console);
        AddPolicy(services, options, link, console.Time);
        AddUpload(services, options, link);
        AddCapture(services, options);
        AddAuthority(services, options);
        AddGuard(services, options, link);
        AddProxy(services, options);
        AddFleet(services, link);
        AddControl(services);
        replace?.Invoke(services);
        return builder.Build();
    }

    private static void AddLogs(ILoggingBuilder logging, AgentOptions options, AgentConsole console)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (console.Environment["JOURNAL_STREAM"] is not null)
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.UseUtcTimestamp = true;
                format.TimestampFormat = "HH:mm:ss.fff ";
                format.ColorBehavior = LoggerColorBehavior.Default;
            });
        }
    }

    private static void AddServiceControl(HostApplicationBuilder builder, bool asService)
    {
        builder.Services.AddSingleton<PowerEvents>();
        builder.Services.AddSingleton(provider => StopCause.OfThisMachine(provider.GetRequiredService<AgentOptions>()));
        if (OperatingSystem.IsWindows() && asService)
        {
            AgentEventLog.Add(builder.Logging);
            builder.Services.AddSingleton<IHostLifetime, WindowsServiceLifetime>();
        }
    }

    private static void AddPolicy(IServiceCollection services, AgentOptions options, ConsoleLink? link, TimeProvider time)
    {
        var policy = new PolicyStore(options, link?.Url, time);
        var learned = new LearnedFile(options);
        learned.Restore(policy.Provider.Learned);
        services.AddSingleton(policy);
        services.AddSingleton(policy.Provider);
        services.AddSingleton(learned);
        services.AddHostedService<LearnedWorker>();
    }

    private static void AddUpload(IServiceCollection services, AgentOptions options, ConsoleLink? link)
    {
        if (link is null)
        {
            return;
        }

        services.AddSingleton(link);
        services.AddSingleton(link.Client);
        services.AddSingleton(link.Token);
        services.AddSingleton(Random.Shared);
        var upload = new UploadOptions
        {
            SpoolDirectory = AgentPaths.Spool(options),
            SpoolBytes = options.Upload.SpoolBytes,
            BatchRecords = options.Upload.BatchRecords,
            MaxAge = options.Upload.BatchAge,
            IdleAge = TimeSpan.FromTicks(Math.Min(options.Upload.BatchAge.Ticks, TimeSpan.FromMilliseconds(250).Ticks)),
        };
        services.AddSingleton(upload);

        // One batch is made while another is on its way.
        services.AddSingleton(new RecordOutbox(2 * upload.BatchRecords, 2 * upload.BatchBytes));
        services.AddSingleton<Uploader>();
        services.AddHostedService(provider => provider.GetRequiredService<Uploader>());
        services.AddSingleton(new FlowReportOptions());
        services.AddSingleton<FlowReporter>();
        services.AddHostedService(provider => provider.GetRequiredService<FlowReporter>());
    }

    private static void AddCapture(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(new CaptureOptions
        {
            BodyLimit = options.Capture.BodyBytes,
            RingRecords = options.Capture.RingRecords,
            RingBytes = options.Capture.RingBytes,
        });
        services.AddSingleton<ExchangeRing>();
        services.AddSingleton<IExchangeSink>(provider => provider.GetRequiredService<ExchangeRing>());
        services.AddSingleton<RecordFeed>();
        services.AddHostedService<CaptureWorker>();
    }

    private static void AddAuthority(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(provider => DeviceAuthority.Open(
            AgentPaths.Authority(options), provider.GetRequiredService<DeviceIdentity>().Label, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new TrustRoot());
        services.AddSingleton<TrustInstaller>();
        services.AddSingleton<AuthorityRollover>();
        services.AddSingleton<ILeafCertificateSource>(provider =>
            new LeafCertificateCache(provider.GetRequiredService<DeviceAuthority>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AuthorityWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<AuthorityWorker>());
    }

    private static void AddGuard(IServiceCollection services, AgentOptions options, ConsoleLink? link)
    {
        if (link is not null)
        {
            services.AddSingleton<IRemoteEvaluation, AktoEvaluation>();
        }

        services.AddSingleton(provider => new PolicyGuard(
            provider.GetRequiredService<DeviceIdentity>().Label,
            options.Guard.Tags,
            provider.GetService<IRemoteEvaluation>(),
            provider.GetRequiredService<AgentCounters>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IGuard>(provider => provider.GetRequiredService<PolicyGuard>());
        if (options.Guard.OtlpEndpoint is not null)
        {
            services.AddHostedService<AgentGauges>();
            services.AddHostedService<OtlpWorker>();
        }

        services.AddSingleton<GuardPolicies>();
        services.AddHostedService(provider => new GuardWorker(
            provider.GetRequiredService<GuardPolicies>(),
            provider.GetRequiredService<PolicyStore>(),
            link,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GuardWorker>>()));
    }

    private static void AddProxy(IServiceCollection services, AgentOptions options)
    {
        services.AddSingleton(new ProxyOptions
        {
            MaxConnections = options.Proxy.MaxConnections,
            SilenceLimit = options.Proxy.SilenceLimit,
            HandshakeTimeout = options.Proxy.HandshakeTimeout,
            DirectDestinations = options.Redirect.Direct,
            StopGrace = ConnectionsMayFinish,
            ExtraRoots = ExtraRoots.Read(options),
            Gate = options.Guard.Gate,
        });
        services.AddSingleton(provider => RedirectorFactory.Create(
            options.Redirect.Engine ?? RedirectEngine.Auto,
            new TunSelection(options.Redirect.TunUsers, options.Redirect.TunControlGroups),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FlowLog>();
        services.AddSingleton<IFlowObserver>(provider => provider.GetService<FlowReporter>() is { } reporter
            ? new FlowObservers(provider.GetRequiredService<FlowLog>(), reporter)
            : provider.GetRequiredService<FlowLog>());
        services.AddSingleton<TransparentProxy>();
        services.AddHostedService<RedirectWorker>();
        services.AddHostedService<PowerWorker>();
    }

    private static void AddFleet(IServiceCollection services, ConsoleLink? link)
    {
        services.AddSingleton<StatusSource>();
        services.AddSingleton(provider => new UploadProgress(
            link, provider.GetRequiredService<ExchangeRing>(), provider.GetService<RecordOutbox>(), provider.GetService<Uploader>(), provider.GetService<SettingsWorker>()));
        if (link is null)
        {
            return;
        }

        services.AddSingleton(new SettingsOptions());
        services.AddSingleton<DiagnosticsSource>();
        services.AddSingleton<DiagnosticsRequests>();
        services.AddHostedService<DiagnosticsWorker>();
        services.AddSingleton<ISettingsConsumer, ConsoleSettingsConsumer>();
        services.AddSingleton<SettingsWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<SettingsWorker>());
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<HeartbeatWorker>(
            provider,
            (Func<DeviceState>)provider.GetRequiredService<StatusSource>().ReadForConsole,
            (Func<CancellationToken, Task<string>>)provider.GetRequiredService<StopCause>().ReadAsync,
            StatusSource.Version));
    }

    private static void AddControl(IServiceCollection services)
    {
        services.AddSingleton<ICallFeed, CallFeed>();
        services.AddSingleton<IControlAnswers>(provider => new ControlAnswers(
            provider.GetRequiredService<StatusSource>().Read,
            new PolicyAnswers(
                provider.GetRequiredService<PolicyStore>(),
                provider.GetRequiredService<TimeProvider>(),
                "agent",
                provider.GetRequiredService<AuthorityWorker>().Needed,
                provider.GetRequiredService<DeviceAuthority>().Covers),
            provider.GetRequiredService<FlowLog>(),
            provider.GetRequiredService<ICallFeed>()));
        services.AddHostedService<ControlServer>();
        services.AddHostedService<SystemdNotifier>();
    }
}
