using AktoDivert.Console.Hosting;
using AktoDivert.Console.SignIn.Oidc;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace AktoDivert.Console.SignIn;

/// <summary>Registers the two ways in: a cookie for people, a token for agents and scripts.</summary>
internal static class SignInRegistration
{
    /// <summary>Directory of the cookie keys, in the data directory.</summary>
    public const string KeysDirectory = "keys";

    public static IServiceCollection AddSignIn(this IServiceCollection services, ConsoleOptions options)
    {
        var protection = services.AddDataProtection().SetApplicationName("aktodivert-console");
        if (options.Database is null)
        {
            protection.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataDirectory, KeysDirectory)));
        }
        else
        {
            // A cookie of one node must open the others.
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(
                o => o.XmlRepository = new SharedKeys(provider.GetRequiredService<IDbContextFactory<ConsoleDb>>(), provider.GetRequiredService<ContentSeal>())));
        }

        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(Configure)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        var policies = services.AddAuthorizationBuilder()
            .AddPolicy(Roles.Device, p => p.AddAuthenticationSchemes(TokenAuthentication.SchemeName).RequireRole(Roles.Device))
            .AddPolicy(Roles.Person, p => p
                .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme).RequireRole(Roles.From(Roles.Viewer)));
        foreach (var role in Roles.All)
        {
            policies.AddPolicy(role, p => p
                .AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme, TokenAuthentication.SchemeName)
                .RequireRole(Roles.From(role)));
        }

        services.AddSingleton<IPasswordHasher<PersonRow>, PasswordHasher<PersonRow>>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<People>();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<OidcProvider>();
        return services;
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "aktodivert-console";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.LoginPath = "/sign-in";
        options.AccessDeniedPath = "/sign-in";
        options.ReturnUrlParameter = "to";
        options.Events.OnValidatePrincipal = PasswordStamp.RejectOutdatedAsync;
        options.Events.OnRedirectToLogin = context => RedirectPages(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => RedirectPages(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>A page sends the person to the sign-in form; the API answers a status that a script understands.</summary>
    private static Task RedirectPages(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }
}
