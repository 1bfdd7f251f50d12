namespace AktoDivert.Console.Hosting;

/// <summary>An OpenID Connect provider.</summary>
public sealed record OidcOptions
{
    /// <summary>Issuer; its discovery document stands below it. https, or http on this machine.</summary>
    public required Uri Authority { get; init; }

    /// <summary>Client id that the provider gave this console.</summary>
    public required string ClientId { get; init; }

    /// <summary>Client secret; null for a public client, which PKCE protects alone.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Claim of the id token that holds roles: admin, analyst or viewer.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Role of whom the provider gives none; null keeps them out until an administrator gives them one.</summary>
    public string? DefaultRole { get; init; }
}
