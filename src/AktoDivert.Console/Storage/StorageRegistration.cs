using AktoDivert.Console.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace AktoDivert.Console.Storage;

/// <summary>Registers the database: a file in the data directory, or PostgreSQL by connection string.</summary>
internal static class StorageRegistration
{
    /// <summary>Name of the database file in the data directory.</summary>
    public const string FileName = "console.db";

    private const string FingerprintName = "content-key";

    // Any number that nobody else locks in this database ("aktodiv" in ASCII).
    private const long MigrationLock = 0x616b746f646976;

    public static IServiceCollection AddConsoleDb(this IServiceCollection services, ConsoleOptions options)
    {
        services.AddSingleton(_ => ContentKeyFile.Open(options.ContentKeyPath));
        services.AddSingleton<Partitions>();
        if (options.Database is not null)
        {
            services.AddSingleton(_ => new NpgsqlDataSourceBuilder(options.Database).Build());
        }

        return services.AddPooledDbContextFactory<ConsoleDb>(
            (provider, o) => Configure(o, options.Database is null ? null : provider.GetRequiredService<NpgsqlDataSource>(), options.DatabaseFile));
    }

    /// <summary>
    /// Brings the database to the newest schema. SQLite is put in write-ahead mode so that pages read while calls are written; on PostgreSQL
    /// one node migrates and the others wait for it.
    /// </summary>
    /// <exception cref="ConsoleStartException">The database cannot be reached, or its content was encrypted with another key.</exception>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellation)
    {
        await using var db = await services.GetRequiredService<IDbContextFactory<ConsoleDb>>().CreateDbContextAsync(cancellation);
        var seal = services.GetRequiredService<ContentSeal>();
        if (db.Database.IsSqlite())
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellation);
            await db.Database.MigrateAsync(cancellation);
            await db.SealOldContentsAsync(seal, cancellation);
        }
        else
        {
            await MigratePostgresAsync(db, services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Partitions>(), cancellation);
        }

        await CheckKeyAsync(db, seal, cancellation);
    }

    /// <summary>Points options at a database.</summary>
    /// <param name="options">The options.</param>
    /// <param name="postgres">A PostgreSQL server; null for SQLite.</param>
    /// <param name="file">The SQLite file.</param>
    public static DbContextOptionsBuilder Configure(DbContextOptionsBuilder options, NpgsqlDataSource? postgres, string file)
    {
        // Hand-written migrations carry no model snapshot to compare with; a test compares the schema itself.
        // Counting up to a bound needs no order.
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, CoreEventId.RowLimitingOperationWithoutOrderByWarning));
        return postgres is not null
            ? options.UseNpgsql(postgres)
            : options.UseSqlite(new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString).AddInterceptors(new SqlitePragmas());
    }

    private static async Task MigratePostgresAsync(ConsoleDb db, NpgsqlDataSource source, Partitions partitions, CancellationToken cancellation)
    {
        try
        {
            await using var guard = await source.OpenConnectionAsync(cancellation);
            await using var take = new NpgsqlCommand($"SELECT pg_advisory_lock({MigrationLock})", guard);
            await take.ExecuteNonQueryAsync(cancellation);
            await db.Database.MigrateAsync(cancellation);
            await partitions.EnsureAsync(guard, [0], cancellation);
            await using var release = new NpgsqlCommand($"SELECT pg_advisory_unlock({MigrationLock})", guard);
            await release.ExecuteNonQueryAsync(cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new ConsoleStartException($"--database: {e.Message} Check host, database, user and password, and that the user owns the database.", e);
        }
    }

    private static async Task CheckKeyAsync(ConsoleDb db, ContentSeal seal, CancellationToken cancellation)
    {
        var stored = await db.Options.AsNoTracking().Where(o => o.Name == FingerprintName).Select(o => o.Value).FirstOrDefaultAsync(cancellation);
        if (stored is null)
        {
            db.Options.Add(new OptionRow { Name = FingerprintName, Value = seal.Fingerprint });
            await db.SaveChangesAsync(cancellation);
        }
        else if (stored != seal.Fingerprint)
        {
            throw new ConsoleStartException(
                $"The database was encrypted with another content key ({stored}; this one is {seal.Fingerprint}). "
                + $"Copy {ContentKeyFile.FileName} from the first node, or restore it from a backup, and name it with --content-key.");
        }
    }
}
