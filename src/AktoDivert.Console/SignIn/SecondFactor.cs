using System.Security.Cryptography;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.SignIn;

/// <summary>Sets up authenticator apps and checks their codes. It is in force for a person once a first code was given.</summary>
internal sealed class SecondFactor(IDbContextFactory<ConsoleDb> databases, ContentSeal seal, AuditLog audit, TimeProvider time)
{
    /// <summary>Makes a new seed, in force once <see cref="ConfirmAsync"/> saw a code of it; null when there is no such person, or one is in force.</summary>
    /// <returns>The seed as people type it, and the address that authenticator apps read.</returns>
    public async Task<(string Seed, string Address)?> BeginAsync(string name, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.People.FindAsync([name], cancellation) is not { TotpInForce: false } person)
        {
            return null;
        }

        var made = RandomNumberGenerator.GetBytes(Totp.SeedLength);
        (person.SealedTotp, person.TotpStep) = (seal.Seal(made, Owner(name)), 0);
        await db.SaveChangesAsync(cancellation);
        return Show(name, made);
    }

    /// <summary>The seed that waits for its first code; null when none does.</summary>
    public async Task<(string Seed, string Address)?> PendingAsync(string name, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.People.FindAsync([name], cancellation) is { TotpInForce: false, SealedTotp: { } made }
            ? Show(name, seal.Open(made, Owner(name)))
            : null;
    }

    /// <summary>Puts the seed in force with a first code; false when it is wrong.</summary>
    public async Task<bool> ConfirmAsync(string name, string code, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.People.FindAsync([name], cancellation) is not { TotpInForce: false, SealedTotp: { } made } person
            || Totp.Check(seal.Open(made, Owner(name)), code, time.GetUtcNow(), person.TotpStep) is not { } step)
        {
            return false;
        }

        (person.TotpInForce, person.TotpStep) = (true, step);
        audit.Add(db, by, "authenticator.set-up", name);
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>Takes the authenticator app away; false when there is none.</summary>
    public async Task<bool> RemoveAsync(string name, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.People.FindAsync([name], cancellation) is not { SealedTotp: not null } person)
        {
            return false;
        }

        (person.SealedTotp, person.TotpInForce, person.TotpStep) = (null, false, 0);
        audit.Add(db, by, "authenticator.remove", name);
        await db.SaveChangesAsync(cancellation);
        return true;
    }

    /// <summary>Checks a code at sign-in and remembers it, so that it is not taken twice; true when the person has no authenticator app.</summary>
    public bool Passes(PersonRow person, string code)
    {
        if (person is not { TotpInForce: true, SealedTotp: { } made })
        {
            return true;
        }

        if (Totp.Check(seal.Open(made, Owner(person.Name)), code, time.GetUtcNow(), person.TotpStep) is not { } step)
        {
            return false;
        }

        person.TotpStep = step;
        return true;
    }

    private static (string, string) Show(string name, byte[] seed) =>
        (Totp.Text(seed), $"otpauth://totp/AktoDivert:{Uri.EscapeDataString(name)}?secret={Totp.Text(seed)}&issuer=AktoDivert");

    private static string Owner(string name) => $"totp/{name}";
}
