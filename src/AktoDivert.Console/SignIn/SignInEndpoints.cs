using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace AktoDivert.Console.SignIn;

/// <summary>The forms of the sign-in pages post here; the pages themselves are Components/Pages/SignIn and Account.</summary>
internal static class SignInEndpoints
{
    /// <summary>Name of the rate limit on guesses.</summary>
    public const string RateLimit = "sign-in";

    /// <summary>Marks a person who came by a link: the owner of the server, who may set anybody's password.</summary>
    public const string ByLink = "by-link";

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AddEndpointFilter<SameOrigin>().DisableAntiforgery().RequireRateLimiting(RateLimit);
        group.MapGet(SignInLinks.Path, ByLinkAsync).AllowAnonymous();
        group.MapPost("/sign-in/password", ByPasswordAsync).AllowAnonymous();
        group.MapPost("/account/password", SetPasswordAsync).RequireAuthorization(Roles.Person);
        group.MapPost("/account/authenticator", BeginAuthenticatorAsync).RequireAuthorization(Roles.Person);
        group.MapPost("/account/authenticator/confirm", ConfirmAuthenticatorAsync).RequireAuthorization(Roles.Person);
        group.MapPost("/sign-out", (Delegate)SignOutAsync).AllowAnonymous();
    }

    private static async Task<IResult> ByLinkAsync(HttpContext context, SignInLinks links, string token = "")
    {
        if (!await links.ConsumeAsync(token, context.RequestAborted))
        {
            return Results.Redirect("/sign-in?error=link");
        }

        await SignInAsync(context, "administrator", Roles.Admin, new Claim(ByLink, "true"));
        return Results.Redirect("/account");
    }

    private static async Task<IResult> ByPasswordAsync(
        HttpContext context, People people, [FromForm] string name = "", [FromForm] string password = "", [FromForm] string code = "",
        [FromForm] string to = "")
    {
        if (await people.CheckAsync(name, password, code, context.RequestAborted) is not { } person)
        {
            return Results.Redirect("/sign-in?error=password");
        }

        await SignInAsync(context, person.Name, person.Role, await StampAsync(people, person.Name, context));
        return Results.Redirect(IsLocal(to) ? to : "/");
    }

    private static async Task<IResult> SetPasswordAsync(
        HttpContext context, People people, [FromForm] string name = "", [FromForm] string password = "")
    {
        var who = context.User.HasClaim(c => c.Type == ByLink) ? name : context.User.Identity?.Name ?? "";
        if (await people.SetPasswordAsync(who, password, context.RequestAborted) is { } error)
        {
            return Results.Redirect($"/account?error={Uri.EscapeDataString(error)}");
        }

        who = who.Trim().ToLowerInvariant();
        await SignInAsync(context, who, await people.RoleAsync(who, context.RequestAborted), await StampAsync(people, who, context));
        return Results.Redirect("/");
    }

    private static async Task<IResult> BeginAuthenticatorAsync(HttpContext context, SecondFactor factor)
    {
        await factor.BeginAsync(context.User.Identity?.Name ?? "", context.RequestAborted);
        return Results.Redirect("/account");
    }

    private static async Task<IResult> ConfirmAuthenticatorAsync(HttpContext context, Actor by, SecondFactor factor, [FromForm] string code = "") =>
        Results.Redirect(await factor.ConfirmAsync(by.Name, code, by, context.RequestAborted)
            ? "/account?done=authenticator"
            : $"/account?error={Uri.EscapeDataString("The code is wrong, or from another time. Check the clocks and try the next one.")}");

    private static async Task<IResult> SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync();
        return Results.Redirect("/sign-in");
    }

    private static async Task<Claim> StampAsync(People people, string name, HttpContext context) =>
        new(PasswordStamp.Claim, await people.StampAsync(name, context.RequestAborted) ?? "");

    /// <summary>Signs a person in with the cookie.</summary>
    public static Task SignInAsync(HttpContext context, string name, string role, params Claim[] more)
    {
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), .. more], CookieAuthenticationDefaults.AuthenticationScheme);
        return context.SignInAsync(new ClaimsPrincipal(identity), new AuthenticationProperties { IsPersistent = true });
    }

    // "//host" and "/\host" name another site to a browser.
    public static bool IsLocal(string to) => to is ['/', ..] and not ['/', '/' or '\\', ..];
}
