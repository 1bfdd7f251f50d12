using System.CommandLine;
using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Hosting;

/// <summary>The command line. Token commands work on the data directory and need no running console.</summary>
internal static class ConsoleCommand
{
    private const string OidcSecretVariable = "AKTODIVERT_CONSOLE_OIDC_SECRET";
    private const string AktoTokenVariable = "AKTODIVERT_CONSOLE_AKTO_TOKEN";
    private const string OtlpTokenVariable = "AKTODIVERT_CONSOLE_OTLP_AUTHORIZATION";

    /// <summary>Environment variable of the connection string: a command line can be read by every account of the machine.</summary>
    public const string DatabaseVariable = "AKTODIVERT_CONSOLE_DATABASE";

    private static readonly ConsoleOptions Defaults = new();

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Directory of the database and keys.", DefaultValueFactory = _ => Defaults.DataDirectory, Recursive = true,
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to listen on, separated by semicolons.", DefaultValueFactory = _ => Defaults.Urls, Recursive = true,
    };

    private static readonly Option<string?> Database = new("--database")
    {
        Description = "Connection string of a PostgreSQL database; without it, a SQLite file in the data directory. Give it in the environment variable "
            + $"{DatabaseVariable} when it holds a password.",
        Recursive = true,
    };

    private static readonly Option<string?> ContentKey = new("--content-key")
    {
        Description = "File of the key that content is encrypted with; all consoles of one database share it.", Recursive = true,
    };

    private static readonly Option<Uri?> OidcAuthority = Address("--oidc-authority", "Issuer of the identity provider that signs people in.");

    private static readonly Option<string?> OidcClient = new("--oidc-client-id")
    {
        Description = $"Client id at the identity provider; its secret stands in the environment variable {OidcSecretVariable}.",
    };

    private static readonly Option<string> OidcRoleClaim = new("--oidc-role-claim")
    {
        Description = "Claim of the id token that holds admin, analyst or viewer.", DefaultValueFactory = _ => "roles",
    };

    private static readonly Option<string?> OidcDefaultRole = new("--oidc-default-role")
    {
        Description = "Role of whom the identity provider gives none; without it, they are kept out.",
    };

    private static readonly Option<Uri?> ForwardAkto = Address(
        "--forward-akto", $"Base address of an Akto data-ingestion service; its token stands in {AktoTokenVariable}.");

    private static readonly Option<Uri?> ForwardOtlp = Address(
        "--forward-otlp", $"Base address of an OTLP/HTTP collector; its authorization header stands in {OtlpTokenVariable}.");

    private static readonly Option<string?> Socket = new("--socket") { Description = "Absolute path of an additional unix socket for agents." };

    private static readonly Option<int> Days = new("--retention-days")
    {
        Description = "Days that calls are kept.", DefaultValueFactory = _ => (int)Defaults.RetentionAge.TotalDays,
    };

    private static readonly Option<long> Calls = new("--retention-calls")
    {
        Description = "Most calls kept.", DefaultValueFactory = _ => Defaults.RetentionCount,
    };

    private static readonly Option<bool> PrintLink = new("--print-sign-in-link")
    {
        Description = "Print a one-time sign-in link even when somebody has set a password already.",
    };

    /// <summary>The root command; without a sub-command it runs the console.</summary>
    public static RootCommand Create()
    {
        OidcDefaultRole.AcceptOnlyFromAmong([.. Roles.All]);
        Days.Validators.Add(r => Positive(r, r.GetValue(Days)));
        Calls.Validators.Add(r => Positive(r, r.GetValue(Calls)));
        var root = new RootCommand("AktoDivert console: settings, devices and captured AI calls.\n\nExample: aktodivert-console --data ./data --urls http://127.0.0.1:7070")
        {
            Data, Database, ContentKey, Urls, Socket, Days, Calls, PrintLink, OidcAuthority, OidcClient, OidcRoleClaim, OidcDefaultRole,
            ForwardAkto, ForwardOtlp,
        };
        root.SetAction((parsed, cancellation) => RunAsync(Read(parsed), cancellation));
        root.Add(TokenCommand("enrolment-token", "Print a one-time token for an agent to enrol with.", TokenKind.Enrolment, (_, token) => token));
        root.Add(TokenCommand("admin-token", "Print a token for scripts that use /api/admin.", TokenKind.Admin, (_, token) => token));
        root.Add(TokenCommand(
            "sign-in-link", "Print a one-time sign-in link.", TokenKind.SignIn,
            (options, token) => $"{options.Urls.Split(';')[0].TrimEnd('/')}{SignInLinks.Path}?token={token}"));
        return root;
    }

    private static Command TokenCommand(string name, string description, TokenKind kind, Func<ConsoleOptions, string, string> show)
    {
        var command = new Command(name, description);
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = Read(parsed);
            DataDirectory.Ensure(options.DataDirectory);
            await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddConsoleDb(options)
                .AddSingleton<AuditLog>().AddSingleton<AccessTokens>().BuildServiceProvider();
            await services.MigrateAsync(cancellation);
            var token = await services.GetRequiredService<AccessTokens>().IssueAsync(kind, cancellation);
            await parsed.InvocationConfiguration.Output.WriteLineAsync(show(options, token));
        });
        return command;
    }

    private static async Task<int> RunAsync(ConsoleOptions options, CancellationToken cancellation)
    {
        await using var host = await ConsoleHost.StartAsync(options, cancellation: cancellation);
        System.Console.WriteLine($"console listening on {host.Address.GetLeftPart(UriPartial.Authority)}");
        if (options.PrintSignInLink || !await host.HasPeopleAsync())
        {
            System.Console.WriteLine($"sign in once with {await host.CreateSignInLinkAsync()}");
        }

        using var stop = cancellation.Register(() => host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication());
        await host.WaitForShutdownAsync();
        return 0;
    }

    private static ConsoleOptions Read(ParseResult parsed) => new()
    {
        DataDirectory = Path.GetFullPath(parsed.GetValue(Data)!),
        Database = parsed.GetValue(Database) ?? Environment.GetEnvironmentVariable(DatabaseVariable),
        ContentKey = parsed.GetValue(ContentKey),
        Urls = parsed.GetValue(Urls)!,
        Socket = parsed.GetValue(Socket),
        RetentionAge = TimeSpan.FromDays(parsed.GetValue(Days)),
        RetentionCount = parsed.GetValue(Calls),
        PrintSignInLink = parsed.GetValue(PrintLink),
        Oidc = parsed.GetValue(OidcAuthority) is { } authority
            ? new OidcOptions
            {
                Authority = authority,
                ClientId = parsed.GetValue(OidcClient) ?? throw new ConsoleStartException("--oidc-authority needs --oidc-client-id."),
                ClientSecret = Environment.GetEnvironmentVariable(OidcSecretVariable),
                RoleClaim = parsed.GetValue(OidcRoleClaim)!,
                DefaultRole = parsed.GetValue(OidcDefaultRole),
            }
            : null,
        ForwardToAkto = parsed.GetValue(ForwardAkto) is { } akto ? new(akto, Environment.GetEnvironmentVariable(AktoTokenVariable)) : null,
        ForwardToOtlp = parsed.GetValue(ForwardOtlp) is { } otlp ? new(otlp, Environment.GetEnvironmentVariable(OtlpTokenVariable)) : null,
    };

    private static Option<Uri?> Address(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (result.Tokens is [var one] && Uri.TryCreate(one.Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"{name}: write it like https://host.example.");
            return null;
        },
    };

    private static void Positive(System.CommandLine.Parsing.OptionResult result, long value)
    {
        if (value < 1)
        {
            result.AddError($"{result.Option.Name} {value}: give a number from 1 up.");
        }
    }
}
