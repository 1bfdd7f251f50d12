using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Devices;

/// <summary>
/// Questions for diagnostics and their answers. A question waits until the device is connected, at whatever node, and for a day at most. Of the
/// answers the newest is kept, encrypted.
/// </summary>
internal sealed class DeviceDiagnostics(
    IDbContextFactory<ConsoleDb> databases, ContentSeal seal, AuditLog audit, DevicePresence presence, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private ConcurrentDictionary<string, long> _waiting = new(StringComparer.Ordinal);

    /// <summary>Raised when questions came; must return at once.</summary>
    public event Action? Asked;

    /// <summary>When the question was asked that waits for a device; null when none does.</summary>
    public long? WaitingFor(string deviceId) => Volatile.Read(ref _waiting).TryGetValue(deviceId, out var asked) ? asked : null;

    /// <summary>Reads what waits: at the start, and when another node was asked.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var since = (time.GetUtcNow() - Patience).ToUnixTimeMilliseconds();
        var rows = await db.Diagnostics.AsNoTracking().Where(d => d.AskedMs > d.AnsweredMs && d.AskedMs >= since)
            .Select(d => new { d.DeviceId, d.AskedMs }).ToListAsync(cancellation);
        Volatile.Write(ref _waiting, new(rows.Select(r => KeyValuePair.Create(r.DeviceId, r.AskedMs)), StringComparer.Ordinal));
        Asked?.Invoke();
    }

    /// <summary>Asks a device; false when there is none.</summary>
    public async Task<bool> AskAsync(string deviceId, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Devices.FindAsync([deviceId], cancellation) is not { RetiredMs: 0 } device)
        {
            return false;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var row = await db.Diagnostics.FindAsync([deviceId], cancellation);
        if (row is null)
        {
            row = new DiagnosticsRow { DeviceId = deviceId, AskedBy = by.Name };
            db.Diagnostics.Add(row);
        }

        (row.AskedBy, row.AskedMs) = (by.Name, Math.Max(row.AnsweredMs + 1, time.GetUtcNow().ToUnixTimeMilliseconds()));
        audit.Add(db, by, "device.diagnose", device.Name, deviceId);
        await db.SaveChangesAsync(cancellation);
        await db.AnnounceAsync(NodeChannel.Diagnostics, cancellation);
        await transaction.CommitAsync(cancellation);
        _waiting[deviceId] = row.AskedMs;
        Asked?.Invoke();
        presence.Seen(deviceId);
        return true;
    }

    /// <summary>Stores an answer; false when nobody asked or it is none that an agent makes.</summary>
    public async Task<bool> AnswerAsync(string deviceId, DiagnosticsReport report, CancellationToken cancellation)
    {
        if (report.Log?.All(l => l is not null) != true || report.Findings?.All(f => f is { Name: not null, Outcome: not null, Finding: not null, Fix: not null }) != true)
        {
            return false;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(report, WireJson.Default.DiagnosticsReport);
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (json.Length > DiagnosticsReport.MostBytes || await db.Diagnostics.FindAsync([deviceId], cancellation) is not { } row)
        {
            return false;
        }

        (row.Sealed, row.AnsweredMs) = (seal.Seal(StoredText.Pack(json), deviceId), Math.Max(row.AskedMs, time.GetUtcNow().ToUnixTimeMilliseconds()));
        await db.SaveChangesAsync(cancellation);
        Volatile.Read(ref _waiting).TryRemove(deviceId, out _);
        presence.Seen(deviceId);
        return true;
    }

    /// <summary>The last question, null when there was none, and the last answer, null when there is none or its key is not here any more.</summary>
    public async Task<(DiagnosticsRow? Question, DiagnosticsReport? Answer)> FindAsync(string deviceId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var row = await db.Diagnostics.AsNoTracking().FirstOrDefaultAsync(d => d.DeviceId == deviceId, cancellation);
        try
        {
            return (row, row?.Sealed is { } made
                ? JsonSerializer.Deserialize(StoredText.UnpackBytes(seal.Open(made, deviceId)), WireJson.Default.DiagnosticsReport)
                : null);
        }
        catch (CryptographicException)
        {
            return (row, null);
        }
    }
}
