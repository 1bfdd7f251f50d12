using System.Text.Json;
using AktoDivert.Console.Audit;
using AktoDivert.Console.Notifications;
using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Devices;

/// <summary>Enrols devices, takes their heartbeats and lists them.</summary>
internal sealed class DeviceStore(
    IDbContextFactory<ConsoleDb> databases, AccessTokens tokens, DevicePresence presence, NotificationQueue notifications, SettingsStore settings, AuditLog audit, TimeProvider time)
{
    /// <summary>Longest tag, in characters.</summary>
    public const int LongestTag = 50;

    private const int LongestName = 255;
    private const int MostTags = 20;

    private static readonly long LatestSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Whether a text without blanks around it can be a tag: 1 to 50 characters without commas.</summary>
    public static bool IsTag(string text) => text.Length is > 0 and <= LongestTag && !text.Contains(',', StringComparison.Ordinal);

    /// <summary>Trades a one-time token for a device token. A device that enrols again gets a new token and its old one ends.</summary>
    /// <returns>The device token, or null when the enrolment token is unknown, used or expired.</returns>
    public async Task<string?> EnrolAsync(EnrolRequest request, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        if (!await tokens.ConsumeAsync(db, request.EnrolmentToken, TokenKind.Enrolment, cancellation))
        {
            return null;
        }

        await db.AccessTokens.Where(t => t.DeviceId == request.DeviceId).ExecuteDeleteAsync(cancellation);
        var row = await db.Devices.FindAsync([request.DeviceId], cancellation);
        if (row is null)
        {
            row = new DeviceRow { Id = request.DeviceId, Name = "", Os = "" };
            db.Devices.Add(row);
        }

        (row.Name, row.Os, row.EnrolledMs, row.RetiredMs, row.LeftMs) = (Short(request.DeviceName), Short(request.Os), time.GetUtcNow().ToUnixTimeMilliseconds(), 0, 0);
        audit.Add(db, new Actor(row.Name, Roles.Device), "device.enrol", row.Name, request.DeviceId);
        var token = tokens.Add(db, TokenKind.Device, request.DeviceId);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        presence.Seen(request.DeviceId);
        return token;
    }

    /// <summary>Stores a heartbeat under the device that the token names, whatever id the heartbeat itself carries, and what it alerts of.</summary>
    public async Task HeartbeatAsync(string deviceId, ModuleInfo module, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Devices.FindAsync([deviceId], cancellation) is { } row)
        {
            var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
            var skewMs = (Math.Clamp(module.LastHeartbeatReceived, 0, LatestSecond) * 1000) - nowMs;
            List<ViolationRow> alerts = row.HeartbeatMs == 0 ? [] : [.. DeviceAlerts.Of(row, StateOf(row), module, skewMs, nowMs)];
            db.Violations.AddRange(alerts);
            row.Name = Short(module.Name);
            row.Os = Short(module.AdditionalData.Os);
            row.User = Short(module.AdditionalData.Username);
            row.AgentVersion = Short(module.CurrentVersion);
            row.StartedTs = module.StartedTs;
            row.HeartbeatMs = nowMs;
            row.ClockSkewMs = skewMs;
            row.LeftMs = module.AdditionalData.State is { } last && DeviceAlerts.IsUnasked(last) ? nowMs : 0;
            row.State = module.AdditionalData.State is { } state ? JsonSerializer.Serialize(state, WireJson.Default.DeviceState) : row.State;
            await db.SaveChangesAsync(cancellation);
            notifications.Add(alerts);
        }

        presence.Seen(deviceId);
    }

    /// <summary>Sets a device's tags.</summary>
    /// <returns>What is wrong, or null.</returns>
    public async Task<string?> TagAsync(string deviceId, IReadOnlyList<string> tags, Actor by, CancellationToken cancellation)
    {
        var clean = tags.Select(t => t.Trim()).Where(t => t.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (clean.Count > MostTags || !clean.TrueForAll(IsTag))
        {
            return $"At most {MostTags} tags of at most {LongestTag} characters, without commas.";
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Devices.FindAsync([deviceId], cancellation) is not { } row)
        {
            return $"There is no device {deviceId}.";
        }

        row.Tags = string.Join(',', clean);
        audit.Add(db, by, "device.tag", row.Name, row.Tags);
        await db.SaveChangesAsync(cancellation);
        presence.Seen(deviceId);
        return null;
    }

    /// <summary>Ends a device's token and leaves it out of lists; it may enrol again. False when there is none.</summary>
    public async Task<bool> RetireAsync(string deviceId, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.Devices.FindAsync([deviceId], cancellation) is not { RetiredMs: 0 } row)
        {
            return false;
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        row.RetiredMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.AccessTokens.Where(t => t.DeviceId == deviceId).ExecuteDeleteAsync(cancellation);
        audit.Add(db, by, "device.retire", row.Name);
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        presence.Retired(deviceId);
        return true;
    }

    /// <summary>All devices, by name.</summary>
    public async Task<IReadOnlyList<Device>> ListAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        var rows = await db.Devices.AsNoTracking().Where(d => d.RetiredMs == 0).OrderBy(d => d.Name).ToListAsync(cancellation);
        return rows.ConvertAll(Show);
    }

    /// <summary>A device, or null.</summary>
    public async Task<Device?> FindAsync(string deviceId, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.Devices.FindAsync([deviceId], cancellation) is { } row ? Show(row) : null;
    }

    private Device Show(DeviceRow row)
    {
        var here = presence.Of(row.Id);
        var state = StateOf(row);
        var heartbeat = row.HeartbeatMs == 0 ? default : DateTimeOffset.FromUnixTimeMilliseconds(row.HeartbeatMs);
        var seen = heartbeat > here.LastSeen ? heartbeat : here.LastSeen;
        var tags = row.Tags.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var ring = settings.Current.RingOf(tags);
        return new Device(
            row.Id, row.Name, row.User, row.Os, row.AgentVersion, seen == default ? null : seen, here.Streams > 0,
            Math.Max(state.SettingsVersion, here.Delivered), state, tags)
        {
            Ring = ring.Name, WantedVersion = ring.Version, Started = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(row.StartedTs, 0, LatestSecond)), ClockSkewMs = row.ClockSkewMs,
        };
    }

    /// <summary>The state that a device reported last.</summary>
    internal static DeviceState StateOf(DeviceRow row) =>
        (row.State is null ? null : JsonSerializer.Deserialize(row.State, WireJson.Default.DeviceState)) ?? new DeviceState();

    private static string Short(string text) => text.Length <= LongestName ? text : text[..LongestName];
}
