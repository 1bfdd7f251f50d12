using AktoDivert.Console.Storage.Migrations;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Storage;

/// <summary>Encrypts what the first schema kept compressed only, once, at the start after the migration.</summary>
internal static class OldContentSealing
{
    private const int Step = 500;

    /// <summary>Seals and deletes the old table's rows, then the table. May be interrupted; the next start goes on.</summary>
    public static async Task SealOldContentsAsync(this ConsoleDb db, ContentSeal seal, CancellationToken cancellation)
    {
        if (!db.Database.IsSqlite() || !await db.Database.SqlQueryRaw<int>(
            $"SELECT 1 AS Value FROM sqlite_master WHERE name = '{M0002Console.OldContents}'").AnyAsync(cancellation))
        {
            return;
        }

        while (await StepAsync(db, seal, cancellation))
        {
            db.ChangeTracker.Clear();
        }

        await db.Database.ExecuteSqlRawAsync($"DROP TABLE \"{M0002Console.OldContents}\"", cancellation);
        // What was deleted stays readable in the file's free pages until they are rewritten.
        await db.Database.ExecuteSqlRawAsync("VACUUM", cancellation);
        await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellation);
    }

    private static async Task<bool> StepAsync(ConsoleDb db, ContentSeal seal, CancellationToken cancellation)
    {
        var rows = await db.Database.SqlQueryRaw<OldContent>($"""SELECT rowid AS "Row", * FROM "{M0002Console.OldContents}" LIMIT {Step}""").ToListAsync(cancellation);
        if (rows.Count == 0)
        {
            return false;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        foreach (var row in rows)
        {
            var content = new SealedContent(
                StoredText.Unpack(row.RequestHeaders), StoredText.Unpack(row.RequestBody), StoredText.Unpack(row.ResponseHeaders),
                StoredText.Unpack(row.ResponseBody), row.Messages is null ? null : StoredText.Unpack(row.Messages));
            db.CallContents.Add(new CallContentRow { DeviceId = row.DeviceId, At = row.At, Id = row.Id, Sealed = content.Seal(seal, row.Id) });
            var (prompt, words) = (seal.SealText(row.Prompt, row.Id), WordIndex.Of(row.Prompt, seal));
            await db.Calls.Where(c => c.DeviceId == row.DeviceId && c.At == row.At && c.Id == row.Id).ExecuteUpdateAsync(
                u => u.SetProperty(c => c.SealedPrompt, prompt).SetProperty(c => c.PromptWords, words), cancellation);
        }

        await db.SaveChangesAsync(cancellation);
        var last = rows.Max(r => r.Row);
        await db.Database.ExecuteSqlRawAsync($"DELETE FROM \"{M0002Console.OldContents}\" WHERE rowid <= {{0}}", [last], cancellation);
        await transaction.CommitAsync(cancellation);
        return true;
    }

    private sealed class OldContent
    {
        public long Row { get; set; }

        public required string DeviceId { get; set; }

        public long At { get; set; }

        public required string Id { get; set; }

        public required string Prompt { get; set; }

        public required byte[] RequestHeaders { get; set; }

        public required byte[] RequestBody { get; set; }

        public required byte[] ResponseHeaders { get; set; }

        public required byte[] ResponseBody { get; set; }

        public byte[]? Messages { get; set; }
    }
}
