using System.Security.Cryptography;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.SignIn;

/// <summary>Names and passwords of people who may sign in.</summary>
internal sealed class People(
    IDbContextFactory<ConsoleDb> databases, IPasswordHasher<PersonRow> hasher, SecondFactor factor, AuditLog audit, TimeProvider time)
{
    /// <summary>Shortest password, in characters (NIST SP 800-63B asks for at least 8, and for 15 without a second factor).</summary>
    public const int ShortestPassword = 12;

    private const int LongestPassword = 256;
    private const int LongestName = 64;
    private const int FailuresBeforeLock = 5;
    private static readonly TimeSpan Lock = TimeSpan.FromMinutes(5);

    // Checked for unknown names too, so that the time of an answer does not tell which names exist.
    private readonly string _decoy = hasher.HashPassword(null!, Guid.NewGuid().ToString());

    /// <summary>Whether anybody can sign in with a password.</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellation = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.People.AnyAsync(cancellation);
    }

    /// <summary>Everybody, by name.</summary>
    public async Task<IReadOnlyList<PersonRow>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.People.AsNoTracking().OrderBy(p => p.Name).ToListAsync(cancellation);
    }

    /// <summary>Adds a person, with a password unless an identity provider signs them in.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> AddAsync(string name, string role, string password, Actor by, CancellationToken cancellation)
    {
        name = Normal(name);
        await using (var db = await databases.CreateDbContextAsync(cancellation))
        {
            if (await db.People.AnyAsync(p => p.Name == name, cancellation))
            {
                return $"There is a person {name} already.";
            }
        }

        return !Roles.All.Contains(role)
            ? $"There is no role {role}: {string.Join(", ", Roles.All)} exist."
            : await SetPasswordAsync(name, password, cancellation, by, role);
    }

    /// <summary>Changes what a person may do. The last administrator stays one.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> SetAccessAsync(string name, string role, bool disabled, Actor by, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.People.FindAsync([name], cancellation) is not { } person)
        {
            return $"There is no person {name}.";
        }

        if (!Roles.All.Contains(role))
        {
            return $"There is no role {role}: {string.Join(", ", Roles.All)} exist.";
        }

        if ((disabled || role != Roles.Admin) && await IsLastAdminAsync(db, person, cancellation))
        {
            return $"{name} is the last administrator. Make somebody else one first.";
        }

        (person.Role, person.Disabled) = (role, disabled);
        // What they signed in with told the old role.
        person.Stamp = NewStamp();
        audit.Add(db, by, "person.access", name, disabled ? "disabled" : role);
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    /// <summary>Removes a person. The last administrator stays.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> DeleteAsync(string name, Actor by, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.People.FindAsync([name], cancellation) is not { } person)
        {
            return $"There is no person {name}.";
        }

        if (await IsLastAdminAsync(db, person, cancellation))
        {
            return $"{name} is the last administrator. Make somebody else one first.";
        }

        db.People.Remove(person);
        audit.Add(db, by, "person.delete", name);
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    /// <summary>Sets a password, adding the person when new.</summary>
    /// <returns>What is wrong with the name or the password, or null.</returns>
    public async Task<string?> SetPasswordAsync(
        string name, string password, CancellationToken cancellation, Actor? by = null, string role = Roles.Admin)
    {
        name = Normal(name);
        if (name.Length is 0 or > LongestName)
        {
            return $"The name must have 1 to {LongestName} characters.";
        }

        if (password.Length is < ShortestPassword or > LongestPassword)
        {
            return $"The password must have {ShortestPassword} to {LongestPassword} characters.";
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var person = await db.People.FindAsync([name], cancellation);
        if (person is null)
        {
            person = new PersonRow { Name = name, PasswordHash = "", Stamp = "", Role = role };
            db.People.Add(person);
        }

        person.Stamp = NewStamp();
        person.PasswordHash = hasher.HashPassword(person, password);
        person.Failures = 0;
        person.LockedUntilMs = 0;
        audit.Add(db, by ?? new Actor(name, person.Role), "person.password", name);
        await db.SaveChangesAsync(cancellation);
        return null;
    }

    /// <summary>
    /// Checks a password and, of who has an authenticator app, its code. Five wrong ones in a row lock the name for five minutes; what was
    /// wrong is not told.
    /// </summary>
    /// <returns>The person, or null.</returns>
    public async Task<PersonRow?> CheckAsync(string name, string password, string code, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var person = name.Length > LongestName ? null : await db.People.FindAsync([name], cancellation);
        if (password.Length > LongestPassword)
        {
            return null;
        }

        var right = hasher.VerifyHashedPassword(person!, person?.PasswordHash ?? _decoy, password) != PasswordVerificationResult.Failed;
        var now = time.GetUtcNow();
        if (person is null || person.Disabled || person.LockedUntilMs > now.ToUnixTimeMilliseconds())
        {
            return null;
        }

        right = right && factor.Passes(person, code);
        person.Failures = right ? 0 : person.Failures + 1;
        if (person.Failures >= FailuresBeforeLock)
        {
            person.LockedUntilMs = (now + Lock).ToUnixTimeMilliseconds();
            person.Failures = 0;
        }

        person.LastSignInMs = right ? now.ToUnixTimeMilliseconds() : person.LastSignInMs;
        audit.Add(db, new Actor(name, person.Role), right ? "sign-in.password" : "sign-in.refused", name);
        try
        {
            await db.SaveChangesAsync(cancellation);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another attempt under this name was judged meanwhile; whatever this one brought, it was judged by what does not hold any more.
            return null;
        }

        return right ? person : null;
    }

    /// <summary>The stamp that goes into a person's cookie; null for somebody unknown.</summary>
    public async Task<string?> StampAsync(string name, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.People.Where(p => p.Name == name && !p.Disabled).Select(p => p.Stamp).FirstOrDefaultAsync(cancellation);
    }

    /// <summary>Lets in whom an identity provider vouches for, adding the person when new.</summary>
    /// <param name="subject">Issuer and subject: names the person for good, whatever they are called.</param>
    /// <param name="name">Sign-in name at the provider.</param>
    /// <param name="role">Role that the provider gives; null leaves what an administrator gave.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The person, or why not: <c>role</c>, <c>taken</c>.</returns>
    public async Task<(PersonRow? Person, string Refusal)> AdmitAsync(string subject, string name, string? role, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var person = await db.People.FirstOrDefaultAsync(p => p.Issuer == subject, cancellation);
        if (person is null && (name.Length is 0 or > LongestName || await db.People.AnyAsync(p => p.Name == name, cancellation)))
        {
            return (null, "taken");
        }

        if (person is null)
        {
            person = new PersonRow { Name = name, PasswordHash = "", Stamp = NewStamp(), Issuer = subject, Role = role ?? "" };
            db.People.Add(person);
        }
        else if (role is not null && role != person.Role)
        {
            (person.Role, person.Stamp) = (role, NewStamp());
        }

        var admitted = Roles.All.Contains(person.Role) && !person.Disabled;
        person.LastSignInMs = admitted ? time.GetUtcNow().ToUnixTimeMilliseconds() : person.LastSignInMs;
        audit.Add(db, new Actor(person.Name, person.Role), admitted ? "sign-in.provider" : "sign-in.refused", person.Name);
        await db.SaveChangesAsync(cancellation);
        return admitted ? (person, "") : (null, "role");
    }

    /// <summary>What a person may do, a <see cref="Roles"/> name; empty for somebody unknown.</summary>
    public async Task<string> RoleAsync(string name, CancellationToken cancellation)
    {
        name = Normal(name);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.People.Where(p => p.Name == name).Select(p => p.Role).FirstOrDefaultAsync(cancellation) ?? "";
    }

    private static async Task<bool> IsLastAdminAsync(ConsoleDb db, PersonRow person, CancellationToken cancellation) =>
        person is { Role: Roles.Admin, Disabled: false }
        && await db.People.AllAsync(p => p.Name == person.Name || p.Role != Roles.Admin || p.Disabled, cancellation);

    private static string NewStamp() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Normal(string name) => name.Trim().ToLowerInvariant();
}
