using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>Every version of the configuration: who made it, what differs from another, and the way back.</summary>
internal sealed class ConfigurationHistory(IDbContextFactory<ConsoleDb> databases, SettingsStore settings)
{
    /// <summary>Versions, newest first.</summary>
    public async Task<IReadOnlyList<ConfigurationVersionRow>> ListAsync(int skip, int take, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.ConfigurationVersions.AsNoTracking().OrderByDescending(v => v.Version).Skip(skip).Take(Math.Clamp(take, 1, 500)).ToListAsync(cancellation);
    }

    /// <summary>How many versions there are.</summary>
    public async Task<int> CountAsync(CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        return await db.ConfigurationVersions.CountAsync(cancellation);
    }

    /// <summary>Lines that differ between two versions; null when one of them does not exist.</summary>
    public async Task<IReadOnlyList<ConfigurationDifference>?> CompareAsync(long from, long to, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await SectionsAsync(db, from, cancellation) is not { } before || await SectionsAsync(db, to, cancellation) is not { } after)
        {
            return null;
        }

        var differences = new List<ConfigurationDifference>();
        foreach (var section in ConfigurationSection.All.Select(s => s.Name).Where(n => before.GetValueOrDefault(n) != after.GetValueOrDefault(n)))
        {
            var old = await LinesAsync(db, before.GetValueOrDefault(section), cancellation);
            var now = await LinesAsync(db, after.GetValueOrDefault(section), cancellation);
            if (!old.SequenceEqual(now))
            {
                // A version of an older release lacks a section that is empty now.
                differences.Add(new ConfigurationDifference(section, [.. old.Except(now)], [.. now.Except(old)]));
            }
        }

        return differences;
    }

    /// <summary>Makes the configuration what it was at a version, as a new version.</summary>
    public Task<SettingsChange> RollBackAsync(long version, Actor by, CancellationToken cancellation) => settings.ChangeAsync(
        by, "configuration.roll-back", $"version {version}",
        async db =>
        {
            if (await SectionsAsync(db, version, cancellation) is not { } sections)
            {
                return [$"There is no version {version}."];
            }

            foreach (var section in ConfigurationSection.All.Where(s => sections.ContainsKey(s.Name)))
            {
                await section.ReplaceAsync(db, await LinesAsync(db, sections[section.Name], cancellation), cancellation);
            }

            return [];
        },
        cancellation);

    /// <summary>Adds the version that <paramref name="now"/> is to a unit of work.</summary>
    public static async Task RecordAsync(ConsoleDb db, ConsoleSettings now, Actor by, string summary, long atMs, CancellationToken cancellation)
    {
        var sections = new Dictionary<string, string>();
        foreach (var section in ConfigurationSection.All)
        {
            var text = string.Join('\n', section.Lines(now));
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            sections[section.Name] = hash;
            if (await db.ConfigurationSections.FindAsync([hash], cancellation) is null)
            {
                db.ConfigurationSections.Add(new ConfigurationSectionRow { Hash = hash, Packed = StoredText.Pack(text) });
            }
        }

        db.ConfigurationVersions.Add(new ConfigurationVersionRow
        {
            Version = now.Version, AtMs = atMs, By = by.Name, Summary = summary, Sections = JsonSerializer.Serialize(sections),
        });
    }

    private static async Task<Dictionary<string, string>?> SectionsAsync(ConsoleDb db, long version, CancellationToken cancellation) =>
        await db.ConfigurationVersions.Where(v => v.Version == version).Select(v => v.Sections).FirstOrDefaultAsync(cancellation) is { } sections
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(sections)
            : null;

    private static async Task<string[]> LinesAsync(ConsoleDb db, string? hash, CancellationToken cancellation) =>
        hash is not null && await db.ConfigurationSections.AsNoTracking().FirstOrDefaultAsync(s => s.Hash == hash, cancellation) is { } section
            ? StoredText.Unpack(section.Packed).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : [];
}
