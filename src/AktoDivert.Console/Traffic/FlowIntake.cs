using AktoDivert.Console.Calls;
using AktoDivert.Console.Hosting;
using AktoDivert.Console.Settings;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Wire;

namespace AktoDivert.Console.Traffic;

/// <summary>Turns reported flows into rows.</summary>
internal sealed class FlowIntake(SettingsStore settings, ConsoleOptions options)
{
    /// <summary>Makes the row; null when nothing of the app is kept.</summary>
    public FlowRow? Read(FlowRecord flow, FlowReport report, string deviceId, DateTimeOffset received)
    {
        if (settings.Current.KeptOf(flow.App is { Length: > 0 } app ? app : flow.Process ?? "") == PrivacyLevel.None)
        {
            return null;
        }

        var started = flow.Started.ToUnixTimeMilliseconds();
        return new FlowRow
        {
            DeviceId = deviceId,
            At = DeviceClock.Believable(started, received, options.RetentionAge),
            Id = ColumnText.Short(flow.Id),
            Device = ColumnText.Short(report.Device),
            User = ColumnText.Short(report.User),
            App = ColumnText.Short(flow.App),
            Process = ColumnText.Short(flow.Process),
            ProcessPath = ColumnText.Short(flow.Path),
            Pid = flow.Pid,
            Host = ColumnText.Short(flow.Host),
            Destination = ColumnText.Short(flow.Destination),
            Decrypt = Treatment.Of(flow),
            Rule = ColumnText.Short($"{flow.Source} {flow.Rule}".Trim()),
            Reason = ColumnText.Short(flow.Reason),
            Protocol = ColumnText.Short(flow.Protocol ?? ""),
            Ja4 = ColumnText.Short(flow.Ja4 ?? ""),
            Ech = flow.Ech,
            BytesUp = Math.Max(0, flow.BytesUp),
            BytesDown = Math.Max(0, flow.BytesDown),
            StartedMs = started,
            EndedMs = flow.Ended?.ToUnixTimeMilliseconds(),
            DurationMs = Math.Max(0, ((flow.Ended ?? received) - flow.Started).TotalMilliseconds),
            ReceivedMs = received.ToUnixTimeMilliseconds(),
            End = ColumnText.Short(flow.End ?? ""),
            Detail = ColumnText.Short(flow.Opaque is { } opaque ? $"not understood: {opaque}" : flow.EndDetail ?? ""),
        };
    }
}
