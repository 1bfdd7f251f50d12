namespace AktoDivert.Console.Storage;

/// <summary>A person who may sign in.</summary>
internal sealed class PersonRow
{
    /// <summary>Sign-in name, lower case.</summary>
    public required string Name { get; set; }

    /// <summary>ASP.NET Core Identity's password hash (PBKDF2).</summary>
    public required string PasswordHash { get; set; }

    /// <summary>Changes with the password; whoever signed in under another one must sign in again.</summary>
    public required string Stamp { get; set; }

    /// <summary>A <c>Roles</c> name.</summary>
    public string Role { get; set; } = "admin";

    /// <summary>Issuer of the identity provider; empty for an account with a password of its own.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>Seed of the authenticator app, encrypted; null when none is set up.</summary>
    public byte[]? SealedTotp { get; set; }

    /// <summary>Whether a code was given once, so that it is asked for from then on.</summary>
    public bool TotpInForce { get; set; }

    /// <summary>Time step of the last code taken: none is taken twice (RFC 6238 section 5.2).</summary>
    public long TotpStep { get; set; }

    /// <summary>Unix milliseconds; 0 when the person never signed in.</summary>
    public long LastSignInMs { get; set; }

    /// <summary>Whether the person is kept out.</summary>
    public bool Disabled { get; set; }

    /// <summary>Wrong passwords since the last right one.</summary>
    public int Failures { get; set; }

    /// <summary>Unix milliseconds until which no password is tried; 0 when open.</summary>
    public long LockedUntilMs { get; set; }
}
