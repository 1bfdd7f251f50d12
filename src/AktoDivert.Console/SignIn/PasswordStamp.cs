using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AktoDivert.Console.SignIn;

/// <summary>Ends what was signed in before a password changed: a cookie carries the stamp of the password it was given for.</summary>
internal static class PasswordStamp
{
    /// <summary>Type of the claim that holds the stamp.</summary>
    public const string Claim = "password-stamp";

    /// <summary>Whether a person's password is still the one they signed in with. Whoever came by a link has none.</summary>
    public static async Task<bool> IsCurrentAsync(ClaimsPrincipal person, People people, CancellationToken cancellation) =>
        person.HasClaim(c => c.Type == SignInEndpoints.ByLink)
        || (person.FindFirstValue(Claim) is { Length: > 0 } stamp
            && stamp == await people.StampAsync(person.Identity?.Name ?? "", cancellation));

    /// <summary>Turns away a cookie with an outdated stamp, at every request.</summary>
    public static async Task RejectOutdatedAsync(CookieValidatePrincipalContext context)
    {
        var people = context.HttpContext.RequestServices.GetRequiredService<People>();
        if (context.Principal is null || !await IsCurrentAsync(context.Principal, people, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }
}
