using System.Security.Claims;
using System.Text.Encodings.Web;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace AktoDivert.Console.SignIn;

/// <summary>
/// Authenticates agents and scripts by the <c>authorization</c> header. Akto's clients send the token raw; an optional <c>Bearer</c> prefix
/// (RFC 6750 section 2.1) is taken too.
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>Name of the scheme.</summary>
    public const string SchemeName = "token";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return AuthenticateResult.NoResult();
        }

        var token = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : header;
        var row = await tokens.FindAsync(token, Context.RequestAborted);
        if (row is not { Kind: TokenKind.Device or TokenKind.Admin })
        {
            return AuthenticateResult.Fail("The token is unknown or expired.");
        }

        var (role, name) = row.Kind == TokenKind.Device ? (Roles.Device, row.DeviceId ?? "") : (row.Role, row.Name.Length > 0 ? row.Name : "admin token");
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }
}
