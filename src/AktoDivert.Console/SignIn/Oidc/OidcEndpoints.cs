using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace AktoDivert.Console.SignIn.Oidc;

/// <summary>Sends the browser to the identity provider and takes it back.</summary>
internal static partial class OidcEndpoints
{
    /// <summary>Address that begins an attempt.</summary>
    public const string Begin = "/sign-in/oidc";

    private const string Callback = "/sign-in/oidc/callback";
    private const string Cookie = "aktodivert-oidc";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static void MapOidc(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AllowAnonymous().RequireRateLimiting(SignInEndpoints.RateLimit);
        group.MapGet(Begin, BeginAsync);
        group.MapGet(Callback, ReturnAsync);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, OidcProvider provider, IDataProtectionProvider protection, ILogger<OidcProvider> logger, string to = "")
    {
        if (!provider.IsConfigured)
        {
            return Results.NotFound();
        }

        var attempt = OidcAttempt.New(SignInEndpoints.IsLocal(to) ? to : "/");
        try
        {
            var address = await provider.AuthorizeAddressAsync(attempt, CallbackOf(context), context.RequestAborted);
            context.Response.Cookies.Append(Cookie, Protector(protection).Protect(JsonSerializer.Serialize(attempt), Patience), new CookieOptions
            {
                // Lax: the browser comes back from another site.
                HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, Path = Callback, MaxAge = Patience,
            });
            return Results.Redirect(address);
        }
        catch (OidcException e)
        {
            LogRefused(logger, e.Message);
            return Results.Redirect("/sign-in?error=provider");
        }
    }

    private static async Task<IResult> ReturnAsync(
        HttpContext context, OidcProvider provider, People people, IDataProtectionProvider protection, ILogger<OidcProvider> logger, string code = "",
        string state = "", string error = "")
    {
        var attempt = provider.IsConfigured ? AttemptOf(context, protection) : null;
        context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = Callback });
        if (attempt is null || attempt.State != state || code.Length == 0)
        {
            LogRefused(logger, error.Length > 0 ? $"the provider says {error[..Math.Min(error.Length, 100)]}" : "the answer belongs to no attempt of this browser");
            return Results.Redirect("/sign-in?error=provider");
        }

        try
        {
            var claims = await provider.RedeemAsync(code, attempt, CallbackOf(context), context.RequestAborted);
            var (person, refusal) = await people.AdmitAsync(
                $"{provider.Options.Authority.AbsoluteUri}|{claims.FindFirst("sub")?.Value}", NameOf(claims), RoleOf(claims, provider), context.RequestAborted);
            if (person is null)
            {
                return Results.Redirect($"/sign-in?error={refusal}");
            }

            await SignInEndpoints.SignInAsync(context, person.Name, person.Role, new Claim(PasswordStamp.Claim, person.Stamp));
            // A redirect would still count as coming from the provider's site, and the browser would hold the new cookie back.
            var to = WebUtility.HtmlEncode(attempt.To);
            return Results.Content($"<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={to}\"><a href=\"{to}\">Continue</a>", "text/html");
        }
        catch (OidcException e)
        {
            LogRefused(logger, e.Message);
            return Results.Redirect("/sign-in?error=provider");
        }
    }

    private static OidcAttempt? AttemptOf(HttpContext context, IDataProtectionProvider protection)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } cookie ? JsonSerializer.Deserialize<OidcAttempt>(Protector(protection).Unprotect(cookie)) : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static string NameOf(ClaimsIdentity claims) =>
        claims.FindFirst("preferred_username")?.Value ?? claims.FindFirst("email")?.Value ?? claims.FindFirst("sub")?.Value ?? "";

    private static string? RoleOf(ClaimsIdentity claims, OidcProvider provider) =>
        Roles.All.FirstOrDefault(role => claims.HasClaim(provider.Options.RoleClaim, role)) ?? provider.Options.DefaultRole;

    private static Uri CallbackOf(HttpContext context) => new($"{context.Request.Scheme}://{context.Request.Host}{Callback}");

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) =>
        protection.CreateProtector("oidc-attempt").ToTimeLimitedDataProtector();

    [LoggerMessage(5101, LogLevel.Warning, "A sign-in by the identity provider failed: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
