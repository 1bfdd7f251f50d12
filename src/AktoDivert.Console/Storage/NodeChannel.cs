using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Storage;

/// <summary>Channels on which the consoles of one PostgreSQL database tell each other what they committed (LISTEN and NOTIFY).</summary>
internal static class NodeChannel
{
    /// <summary>Settings have a new version.</summary>
    public const string Settings = "aktodivert_settings";

    /// <summary>Calls arrived.</summary>
    public const string Calls = "aktodivert_calls";

    /// <summary>Flows arrived or changed.</summary>
    public const string Flows = "aktodivert_flows";

    /// <summary>Presence of devices changed.</summary>
    public const string Presence = "aktodivert_presence";

    /// <summary>A device was asked for diagnostics.</summary>
    public const string Diagnostics = "aktodivert_diagnostics";

    /// <summary>Tells the other nodes when the transaction commits. In SQLite there are none.</summary>
    public static Task AnnounceAsync(this ConsoleDb db, string channel, CancellationToken cancellation) => db.Database.IsNpgsql()
        ? db.Database.ExecuteSqlAsync($"SELECT pg_notify({channel}, '')", cancellation)
        : Task.CompletedTask;
}
