using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.SignIn;

/// <summary>One-time sign-in links, for the first visit and for whoever forgot the password and still owns the server.</summary>
internal sealed class SignInLinks(IDbContextFactory<ConsoleDb> databases, AccessTokens tokens)
{
    /// <summary>Path of a link.</summary>
    public const string Path = "/sign-in/link";

    /// <summary>Issues a link below the console's address.</summary>
    public async Task<Uri> IssueAsync(Uri address, CancellationToken cancellation = default) =>
        new(address, $"{Path}?token={await tokens.IssueAsync(TokenKind.SignIn, cancellation)}");

    /// <summary>Uses up a link's token; false when it is unknown, used or expired.</summary>
    public async Task<bool> ConsumeAsync(string token, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await tokens.ConsumeAsync(db, token, TokenKind.SignIn, cancellation);
    }
}
