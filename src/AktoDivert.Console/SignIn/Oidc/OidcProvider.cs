using System.Security.Claims;
using AktoDivert.Console.Hosting;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace AktoDivert.Console.SignIn.Oidc;

/// <summary>
/// The identity provider: its addresses and keys by discovery, kept fresh by Microsoft.IdentityModel; the authorization code flow with PKCE
/// (OpenID Connect Core section 3.1, RFC 7636). ASP.NET Core's own handler cannot be had everywhere.
/// </summary>
internal sealed class OidcProvider : IDisposable
{
    private const string Discovery = ".well-known/openid-configuration";
    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly OidcOptions? _options;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _configuration;

    public OidcProvider(ConsoleOptions options)
    {
        if (options.Oidc is not { } oidc)
        {
            return;
        }

        _options = oidc;
        if (oidc.Authority.Scheme != Uri.UriSchemeHttps && !oidc.Authority.IsLoopback)
        {
            throw new ConsoleStartException($"--oidc-authority {oidc.Authority}: an identity provider on another machine needs https.");
        }

        _configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{oidc.Authority.AbsoluteUri.TrimEnd('/')}/{Discovery}", new OpenIdConnectConfigurationRetriever(), Documents());
    }

    /// <summary>Whether there is one.</summary>
    public bool IsConfigured => _options is not null;

    /// <summary>Name for people.</summary>
    public string Name => _options?.Authority.Host ?? "";

    /// <summary>The options; only when <see cref="IsConfigured"/>.</summary>
    public OidcOptions Options => _options ?? throw new InvalidOperationException("No identity provider is configured.");

    /// <summary>Where the browser is sent.</summary>
    /// <exception cref="OidcException">The provider's discovery document cannot be had.</exception>
    public async Task<string> AuthorizeAddressAsync(OidcAttempt attempt, Uri callback, CancellationToken cancellation)
    {
        var configuration = await ConfigurationAsync(cancellation);
        return new OpenIdConnectMessage
        {
            IssuerAddress = configuration.AuthorizationEndpoint,
            ClientId = Options.ClientId,
            RedirectUri = callback.AbsoluteUri,
            ResponseType = OpenIdConnectResponseType.Code,
            Scope = "openid profile email",
            State = attempt.State,
            Nonce = attempt.Nonce,
            Parameters = { ["code_challenge"] = attempt.Challenge, ["code_challenge_method"] = "S256" },
        }.CreateAuthenticationRequestUrl();
    }

    /// <summary>Trades the code for an id token and checks that.</summary>
    /// <returns>The token's claims.</returns>
    /// <exception cref="OidcException">The provider refuses the code, or its token is not for this attempt.</exception>
    public async Task<ClaimsIdentity> RedeemAsync(string code, OidcAttempt attempt, Uri callback, CancellationToken cancellation)
    {
        var configuration = await ConfigurationAsync(cancellation);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = callback.AbsoluteUri,
            ["client_id"] = Options.ClientId,
            ["code_verifier"] = attempt.Verifier,
        };
        if (Options.ClientSecret is { } secret)
        {
            form["client_secret"] = secret;
        }

        try
        {
            using var body = new FormUrlEncodedContent(form);
            using var answer = await _client.PostAsync(new Uri(configuration.TokenEndpoint), body, cancellation);
            var message = new OpenIdConnectMessage(await answer.Content.ReadAsStringAsync(cancellation));
            return answer.IsSuccessStatusCode && message.IdToken is { Length: > 0 } token
                ? await ValidateAsync(token, attempt.Nonce, configuration, isRetry: false, cancellation)
                : throw new OidcException($"The token endpoint answered {(int)answer.StatusCode} {message.Error}.");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or ArgumentException && !cancellation.IsCancellationRequested)
        {
            throw new OidcException($"The token endpoint: {e.Message}", e);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<ClaimsIdentity> ValidateAsync(
        string token, string nonce, OpenIdConnectConfiguration configuration, bool isRetry, CancellationToken cancellation)
    {
        var result = await Tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = configuration.Issuer,
            ValidAudience = Options.ClientId,
            IssuerSigningKeys = configuration.SigningKeys,
            NameClaimType = "preferred_username",
            RoleClaimType = Options.RoleClaim,
            ClockSkew = TimeSpan.FromMinutes(2),
        });
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException && !isRetry)
        {
            // The provider changed its keys since they were read. The manager refreshes behind the scenes, which this person would not wait for.
            _configuration!.RequestRefresh();
            var fresh = await OpenIdConnectConfigurationRetriever.GetAsync(_configuration.MetadataAddress, Documents(), cancellation);
            return await ValidateAsync(token, nonce, fresh, isRetry: true, cancellation);
        }

        if (!result.IsValid)
        {
            throw new OidcException($"The id token is not valid: {result.Exception?.GetType().Name}.", result.Exception);
        }

        return result.ClaimsIdentity.FindFirst("nonce")?.Value == nonce
            ? result.ClaimsIdentity
            : throw new OidcException("The id token was made for another attempt to sign in.");
    }

    private HttpDocumentRetriever Documents() => new(_client) { RequireHttps = !Options.Authority.IsLoopback };

    private async Task<OpenIdConnectConfiguration> ConfigurationAsync(CancellationToken cancellation)
    {
        try
        {
            return await _configuration!.GetConfigurationAsync(cancellation);
        }
        catch (InvalidOperationException e)
        {
            throw new OidcException($"The discovery document of {Options.Authority} cannot be had: {e.InnerException?.Message ?? e.Message}", e);
        }
    }
}
