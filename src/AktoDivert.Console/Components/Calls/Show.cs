using System.Globalization;
using AktoDivert.Console.Storage;
using Radzen;

namespace AktoDivert.Console.Components.Calls;

/// <summary>Values as people read them.</summary>
internal static class Show
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Local date and time to the millisecond.</summary>
    public static string Time(long unixMilliseconds) => Local(unixMilliseconds).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Local time of day.</summary>
    public static string Clock(long unixMilliseconds) => Local(unixMilliseconds).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Local time of one of several moments, equally far from each other: as much of it as tells them apart.</summary>
    public static string Moment(long unixMilliseconds, long firstMs, long lastMs, long stepMs)
    {
        var (first, last) = (Local(firstMs), Local(lastMs));
        var date = first.Date == last.Date ? "" : first.Year == last.Year ? "d MMM" : "d MMM yyyy";
        var time = stepMs >= 86_400_000 && date.Length > 0 ? "" : stepMs % 60_000 == 0 ? "HH:mm" : "HH:mm:ss";
        return Local(unixMilliseconds).ToString($"{date} {time}".Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>The same as short as the labels of an axis have to be: the day, where a step is hours.</summary>
    public static string Tick(long unixMilliseconds, long stepMs) =>
        Local(unixMilliseconds).ToString(stepMs > 3_600_000 ? "d MMM" : stepMs % 60_000 == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A whole number of seconds, minutes, hours or days, in the largest unit without a rest.</summary>
    public static string Span(long milliseconds) => milliseconds switch
    {
        _ when milliseconds % 86_400_000 == 0 => Count(milliseconds / 86_400_000, " d"),
        _ when milliseconds % 3_600_000 == 0 => Count(milliseconds / 3_600_000, " h"),
        _ when milliseconds % 60_000 == 0 => Count(milliseconds / 60_000, " min"),
        _ => Count(milliseconds / 1000, " s"),
    };

    /// <summary>How long ago, in the largest unit.</summary>
    public static string Ago(DateTimeOffset? then, DateTimeOffset now) => (now - then) switch
    {
        null => "never",
        { TotalSeconds: < 10 } => "now",
        { TotalMinutes: < 1 } span => Count(span.TotalSeconds, " s ago"),
        { TotalHours: < 1 } span => Count(span.TotalMinutes, " min ago"),
        { TotalDays: < 1 } span => Count(span.TotalHours, " h ago"),
        { } span => Count(span.TotalDays, " d ago"),
    };

    /// <summary>A byte count with two or three digits and a unit.</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1000 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1024;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(unit == 0 || bytes >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>A time span in milliseconds or seconds.</summary>
    public static string Duration(double? milliseconds) => milliseconds switch
    {
        null => "–",
        < 10 => milliseconds.Value.ToString("0.0", CultureInfo.InvariantCulture) + " ms",
        < 1000 => milliseconds.Value.ToString("0", CultureInfo.InvariantCulture) + " ms",
        _ => (milliseconds.Value / 1000).ToString("0.0", CultureInfo.InvariantCulture) + " s",
    };

    /// <summary>The app's catalogue name, else the process.</summary>
    public static string App(CallRow call) => call switch
    {
        { App.Length: > 0 } => call.App,
        { Process.Length: > 0 } => call.Process,
        _ => "–",
    };

    /// <summary>The person and the machine.</summary>
    public static string Who(CallRow call) => string.Join('@', new[] { call.User, call.Device }.Where(p => p.Length > 0));

    /// <summary>Tokens in and out; empty when the answer did not count them.</summary>
    public static string Tokens(CallRow call) => (call.InputTokens, call.OutputTokens) switch
    {
        (null, null) => "",
        var (input, output) => $"{Count(input)} in · {Count(output)} out",
    };

    /// <summary>US dollars; cents, and parts of a cent when there are no more.</summary>
    public static string Cost(double? dollars) => dollars switch
    {
        null => "–",
        0 => "$0",
        < 0.01 => "$" + dollars.Value.ToString("0.0000", CultureInfo.InvariantCulture),
        _ => "$" + dollars.Value.ToString("N2", CultureInfo.InvariantCulture),
    };

    /// <summary>Where a violation stands.</summary>
    public static string Triage(TriageState state) => state switch
    {
        TriageState.InProgress => "in progress",
        TriageState.FalsePositive => "false positive",
        _ => state.ToString().ToLowerInvariant(),
    };

    /// <summary>Status code, or why there is none.</summary>
    public static string Status(CallRow call) => call switch
    {
        { Protocol: "WEBSOCKET" } => "WS",
        { Status: > 0 } => call.Status.ToString(CultureInfo.InvariantCulture),
        _ => "none",
    };

    /// <summary>Colour of the status.</summary>
    public static BadgeStyle StatusStyle(CallRow call) => call.Status switch
    {
        >= 500 => BadgeStyle.Danger,
        >= 400 => BadgeStyle.Warning,
        >= 100 => BadgeStyle.Success,
        _ => BadgeStyle.Light,
    };

    private static string Count(long? tokens) => tokens?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";

    private static string Count(double value, string unit) => Math.Floor(value).ToString("0", CultureInfo.InvariantCulture) + unit;

    private static DateTimeOffset Local(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(unixMilliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() - 86_400_000)).ToLocalTime();
}
