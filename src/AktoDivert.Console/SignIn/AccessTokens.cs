using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.SignIn;

/// <summary>Issues and checks tokens. Only hashes are stored; a token can be shown once, when it is issued.</summary>
internal sealed class AccessTokens(IDbContextFactory<ConsoleDb> databases, AuditLog audit, TimeProvider time)
{
    /// <summary>How long an enrolment token or a sign-in link may wait for its one use.</summary>
    public static readonly TimeSpan OneTimeLifetime = TimeSpan.FromHours(24);

    private const int LongestToken = 128;

    private const int LongestName = 100;

    /// <summary>Issues a token. Enrolment tokens and sign-in links expire, device and admin tokens do not.</summary>
    public async Task<string> IssueAsync(TokenKind kind, CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var token = Add(db, kind, deviceId: null);
        await db.SaveChangesAsync(cancellation);
        return token;
    }

    /// <summary>Issues a one-time enrolment token to a person who asks for one.</summary>
    public async Task<string> IssueEnrolmentAsync(Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var token = Add(db, TokenKind.Enrolment, deviceId: null, by);
        audit.Add(db, by, "enrolment-token.issue");
        await db.SaveChangesAsync(cancellation);
        return token;
    }

    /// <summary>Issues a token for scripts.</summary>
    /// <param name="name">What it is for; 1 to 100 characters.</param>
    /// <param name="role">What it may do, a <see cref="Roles"/> name.</param>
    /// <param name="lifetime">How long it is in force; null for ever.</param>
    /// <param name="by">Who issues it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The token, or what is wrong.</returns>
    public async Task<(string? Token, string? Error)> IssueForScriptsAsync(
        string name, string role, TimeSpan? lifetime, Actor by, CancellationToken cancellation)
    {
        if (name.Trim().Length is 0 or > LongestName || !Roles.All.Contains(role) || lifetime <= TimeSpan.Zero)
        {
            return (null, $"A token has a name of 1 to {LongestName} characters, one of the roles {string.Join(", ", Roles.All)}, and a lifetime above zero.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var token = Add(db, TokenKind.Admin, deviceId: null, by);
        var row = db.AccessTokens.Local.Single();
        (row.Name, row.Role) = (name.Trim(), role);
        row.ExpiresMs = lifetime is { } span ? (time.GetUtcNow() + span).ToUnixTimeMilliseconds() : row.ExpiresMs;
        audit.Add(db, by, "token.issue", row.Name, role);
        await db.SaveChangesAsync(cancellation);
        return (token, null);
    }

    /// <summary>Tokens for scripts, newest first.</summary>
    public async Task<IReadOnlyList<AccessTokenRow>> ForScriptsAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.AccessTokens.AsNoTracking().Where(t => t.Kind == TokenKind.Admin).OrderByDescending(t => t.CreatedMs).ToListAsync(cancellation);
    }

    /// <summary>Ends a token for scripts, named by its hash; false when there is none.</summary>
    public async Task<bool> RevokeAsync(string hash, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.AccessTokens.FirstOrDefaultAsync(t => t.Hash == hash && t.Kind == TokenKind.Admin, cancellation) is not { } row)
        {
            return false;
        }

        db.AccessTokens.Remove(row);
        audit.Add(db, by, "token.revoke", row.Name, row.Role);
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>Adds a new token to a unit of work and returns it.</summary>
    public string Add(ConsoleDb db, TokenKind kind, string? deviceId, Actor? by = null)
    {
        var now = time.GetUtcNow();
        var token = $"akd_{Name(kind)}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        var expires = kind is TokenKind.Enrolment or TokenKind.SignIn ? (now + OneTimeLifetime).ToUnixTimeMilliseconds() : long.MaxValue;
        db.AccessTokens.Add(new AccessTokenRow
        {
            Hash = Hash(token), Kind = kind, DeviceId = deviceId, CreatedMs = now.ToUnixTimeMilliseconds(), ExpiresMs = expires,
            Role = kind == TokenKind.Admin ? Roles.Admin : "", CreatedBy = (by ?? Actor.Console).Name,
        });
        return token;
    }

    /// <summary>The row of a token in force, or null.</summary>
    public async Task<AccessTokenRow?> FindAsync(string token, CancellationToken cancellation)
    {
        if (token.Length > LongestToken)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var hash = Hash(token);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await db.AccessTokens.AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash && t.ExpiresMs > now, cancellation);
    }

    /// <summary>Uses up a one-time token inside a unit of work; false when it is unknown, used or expired.</summary>
    public async Task<bool> ConsumeAsync(ConsoleDb db, string token, TokenKind kind, CancellationToken cancellation)
    {
        if (token.Length > LongestToken)
        {
            return false;
        }

        var hash = Hash(token);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await db.AccessTokens.Where(t => t.Hash == hash && t.Kind == kind && t.ExpiresMs > now).ExecuteDeleteAsync(cancellation) == 1;
    }

    private static string Name(TokenKind kind) => kind switch
    {
        TokenKind.Enrolment => "enrol",
        TokenKind.Device => "device",
        TokenKind.SignIn => "link",
        _ => "admin",
    };

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
