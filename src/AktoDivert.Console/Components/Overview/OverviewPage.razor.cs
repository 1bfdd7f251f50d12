using System.Globalization;
using AktoDivert.Console.Components.Devices;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Overview;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Console.Violations;
using AktoDivert.Core.Guarding;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace AktoDivert.Console.Components.Overview;

/// <summary>The start page: live numbers, each a link to its rows.</summary>
public sealed partial class OverviewPage : FollowingComponent
{
    private const int MostApps = 6;
    private const int MostRisky = 3;
    private const string Others = "others";
    private const long HourMs = 3_600_000;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(3);

    private Gathered _refresh = null!;
    private IReadOnlyList<Device> _devices = [];
    private IReadOnlyList<CallsPerHour> _hours = [];
    private IReadOnlyList<CoverageShare> _coverage = [];
    private IReadOnlyDictionary<FindingSeverity, int> _severities = new Dictionary<FindingSeverity, int>();
    private IReadOnlyList<KeyValuePair<string, int>> _riskyApps = [];
    private IReadOnlyList<KeyValuePair<string, int>> _riskyUsers = [];
    private IReadOnlyList<Sighting> _newApps = [];
    private IReadOnlyList<Sighting> _newHosts = [];
    private int _days = 1;
    private bool _tokens;
    private bool _loaded;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private int Healthy => _devices.Count(d => DeviceHealth.Of(d, Time.GetUtcNow()).Style == BadgeStyle.Success);

    private int Severe => _severities.GetValueOrDefault(FindingSeverity.Critical) + _severities.GetValueOrDefault(FindingSeverity.High);

    private string DeviceNote => _devices.Count(d => d.Connected) is var live && live == _devices.Count ? "all connected" : $"{live} connected";

    private string SeverityNote => Severe == 0 ? "none high or critical" : $"{Severe} high or critical";

    private string ErrorNote => _hours.Sum(h => h.Errors) is var errors and > 0 ? $"{Number(errors)} failed" : "none failed";

    /// <summary>Of the flows that a rule wanted inspected, the share that was; null before there are any.</summary>
    private double? Inspected
    {
        get
        {
            var (good, lost) = (Flows("Inspected"), Flows("Pinned") + Flows("Failed") + Flows("Not decryptable"));
            return good + lost == 0 ? null : (double)good / (good + lost);
        }
    }

    private string InspectedText => Inspected is { } share ? share.ToString(share is < 1 and > 0.99 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture) : "–";

    private IReadOnlyList<string> TopApps
    {
        get
        {
            var ranked = _hours.GroupBy(h => h.App).OrderByDescending(g => g.Sum(h => h.Calls)).Select(g => g.Key).ToList();
            return ranked.Count <= MostApps ? ranked : [.. ranked.Take(MostApps - 1), Others];
        }
    }

    /// <summary>Stops following.</summary>
    public void Dispose()
    {
        Feed.Arrived -= _refresh.Ask;
        FlowFeed.Arrived -= _refresh.Ask;
        Presence.Changed -= _refresh.Ask;
        Settings.Changed -= OnSettingsChanged;
        _refresh.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        _refresh = Gather(RefreshAsync, Pace);
        await RefreshAsync();
        Feed.Arrived += _refresh.Ask;
        FlowFeed.Arrived += _refresh.Ask;
        Presence.Changed += _refresh.Ask;
        Settings.Changed += OnSettingsChanged;
    }

    private void OnSettingsChanged(ConsoleSettings settings) => _refresh.Ask();

    private async Task ChooseAsync(int days)
    {
        _days = days;
        await RefreshAsync();
    }

    private async Task RefreshAsync()
    {
        var now = Time.GetUtcNow();
        var leaving = _refresh.Ending;
        _devices = await Devices.ListAsync(leaving);
        _coverage = Coverage.Of(await Numbers.FlowsAsync(now.AddDays(-_days).ToUnixTimeMilliseconds(), leaving), _devices);
        _hours = await Numbers.CallsAsync(now.AddDays(-_days).ToUnixTimeMilliseconds(), leaving);
        var open = new ViolationFilter { State = TriageState.Open };
        _severities = await Violations.BySeverityAsync(open, leaving);
        _riskyApps = await Violations.MostAsync(open, v => v.App == "" ? v.Process : v.App, MostRisky, leaving);
        _riskyUsers = await Violations.MostAsync(open, v => v.User, MostRisky, leaving);
        (_newApps, _newHosts) = await Numbers.NewAsync(now.AddDays(-7).ToUnixTimeMilliseconds(), leaving);
        _loaded = true;
        StateHasChanged();
    }

    private IReadOnlyList<Point> SeriesOf(string app)
    {
        var top = TopApps;
        var step = _days == 1 ? HourMs : 24 * HourMs;
        var end = Time.GetUtcNow().ToUnixTimeMilliseconds() / step * step;
        var slots = _days == 1 ? 24 : _days;
        var sums = _hours.Where(h => app == Others ? !top.Contains(h.App) : h.App == app)
            .GroupBy(h => h.HourMs / step * step).ToDictionary(g => g.Key, g => g.Sum(h => _tokens ? h.Tokens : h.Calls));
        return [.. Enumerable.Range(0, slots).Select(i => end - ((slots - 1 - i) * step))
            .Select(slot => new Point(Label(slot), sums.GetValueOrDefault(slot)))];
    }

    private string Label(long slotMs) => DateTimeOffset.FromUnixTimeMilliseconds(slotMs).ToLocalTime().ToString(_days == 1 ? "HH:mm" : "d MMM", CultureInfo.InvariantCulture);

    private void OpenApp(SeriesClickEventArgs click) =>
        Navigation.NavigateTo(click.Title == Others ? $"traffic?q=since:{_days}d" : $"traffic?all=True&q={Uri.EscapeDataString($"app={click.Title} since:{_days}d")}");

    private long Flows(string share) => _coverage.FirstOrDefault(c => c.Name == share)?.Flows ?? 0;

    private static ProgressBarStyle ToneOf(CoverageShare share) => share.Tone switch
    {
        "good" => ProgressBarStyle.Success,
        "warn" => ProgressBarStyle.Warning,
        "bad" => ProgressBarStyle.Danger,
        _ => ProgressBarStyle.Light,
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Short(double value) => value switch
    {
        >= 1e9 => (value / 1e9).ToString("0.0", CultureInfo.InvariantCulture) + " B",
        >= 1e6 => (value / 1e6).ToString("0.0", CultureInfo.InvariantCulture) + " M",
        >= 1e4 => (value / 1e3).ToString("0", CultureInfo.InvariantCulture) + " k",
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    private sealed record Point(string When, long Value);
}
