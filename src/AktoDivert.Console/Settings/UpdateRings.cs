using System.Text.RegularExpressions;
using AktoDivert.Console.Devices;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Settings;

/// <summary>
/// The update rings: which version each device is to run. Devices ask for it; packages are brought by the organisation's device management, never from here.
/// </summary>
internal sealed partial class UpdateRings(SettingsStore settings)
{
    /// <summary>Most rings.</summary>
    public const int MostRings = 10;

    /// <summary>Longest name, in characters.</summary>
    public const int LongestName = 50;

    /// <summary>Longest version, in characters.</summary>
    public const int LongestVersion = 64;

    /// <summary>The rings of some settings, in order.</summary>
    public static IReadOnlyList<UpdateRing> Of(ConsoleSettings settings) => [.. settings.Rings.Select(r => new UpdateRing(r.Name, r.Tag, r.Version))];

    /// <summary>What is wrong with rings; empty when they can be saved.</summary>
    public static IReadOnlyList<RingFault> Check(IReadOnlyList<UpdateRing?> rings) =>
        rings.Count is 0 or > MostRings
            ? [new RingFault("rings", $"There are {rings.Count} rings; 1 to {MostRings} are possible, and the last takes every device that no other does.")]
            : [.. rings.SelectMany((ring, i) => ring is null ? [new RingFault($"rings[{i}]", $"Ring {i + 1} is null; write its name.")] : CheckRing(rings, ring, i))];

    /// <summary>Replaces the rings, given in their order.</summary>
    public Task<SettingsChange> PutAsync(IReadOnlyList<UpdateRing> rings, Actor by, CancellationToken cancellation) =>
        Check(rings) is { Count: > 0 } faults
            ? Task.FromResult(new SettingsChange(settings.Current.Version, [.. faults.Select(f => f.Problem)]))
            : settings.ChangeAsync(
                by, "updates.put", string.Join(", ", rings.Select(r => $"{r.Name.Trim()} {(r.Version.Trim() is { Length: > 0 } version ? version : "any version")}")),
                async db =>
                {
                    await db.UpdateRings.ExecuteDeleteAsync(cancellation);
                    db.UpdateRings.AddRange(rings.Select((r, i) => new UpdateRingRow { Position = i, Name = r.Name.Trim(), Tag = r.Tag.Trim(), Version = r.Version.Trim() }));
                    return [];
                },
                cancellation);

    private static IEnumerable<RingFault> CheckRing(IReadOnlyList<UpdateRing?> rings, UpdateRing ring, int i)
    {
        var (name, tag, version) = (ring.Name.Trim(), ring.Tag.Trim(), ring.Version.Trim());
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            yield return Fault("name", $"has the name \"{name}\"; give it one of 1 to {LongestName} characters.");
        }
        else if (Earlier(r => r.Name, name) is { } other)
        {
            yield return Fault("name", $"is called \"{name}\" as ring {other} is; give one of them another name.");
        }

        if (i == rings.Count - 1)
        {
            if (tag.Length > 0)
            {
                yield return Fault("tag", $"is the last and has the tag \"{tag}\"; leave it empty, so that the ring takes every device that no other does.");
            }
        }
        else if (!DeviceStore.IsTag(tag))
        {
            yield return Fault("tag", $"has the tag \"{tag}\"; write one of 1 to {DeviceStore.LongestTag} characters without commas. Only the last ring goes without.");
        }
        else if (Earlier(r => r.Tag, tag) is { } taker)
        {
            yield return Fault("tag", $"has the tag \"{tag}\" as ring {taker} has, which takes all of its devices; give one of them another tag.");
        }

        if (version.Length > LongestVersion || (version.Length > 0 && !VersionSyntax().IsMatch(version)))
        {
            yield return Fault("version", $"has the version \"{version}\"; write it as agents say it, such as 1.2.0 or 1.3.0-rc.1, or nothing.");
        }

        RingFault Fault(string field, string problem) => new($"rings[{i}].{field}", $"Ring {i + 1} {problem}");

        int? Earlier(Func<UpdateRing, string> of, string value) =>
            rings.Take(i).Index().FirstOrDefault(r => r.Item is not null && string.Equals(of(r.Item).Trim(), value, StringComparison.OrdinalIgnoreCase)) is { Item: not null } found ? found.Index + 1 : null;
    }

    // Semantic Versioning 2.0.0 without build metadata, which agents do not say.
    [GeneratedRegex(@"\A[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z")]
    private static partial Regex VersionSyntax();
}
