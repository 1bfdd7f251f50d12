using System.Globalization;

namespace AktoDivert.Console.Notifications;

/// <summary>A group as ArcSight's Common Event Format in a syslog message (RFC 5424).</summary>
internal static class CefLine
{
    // Facility 13 (log audit), severity 4 (warning): RFC 5424 section 6.2.1.
    private const int Priority = (13 * 8) + 4;

    /// <summary>The message.</summary>
    /// <param name="group">What happened.</param>
    /// <param name="held">How many violations were not announced before.</param>
    /// <param name="host">Name of this machine.</param>
    /// <param name="version">Version of the console.</param>
    public static string Of(NotificationGroup group, int held, string host, string version)
    {
        var v = group.First;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(v.ReceivedMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var severity = 3 + (2 * (int)v.Severity);
        (string Key, string Value)[] extension =
        [
            ("rt", v.ReceivedMs.ToString(CultureInfo.InvariantCulture)), ("act", v.Verdict.ToString()), ("cnt", group.Count.ToString(CultureInfo.InvariantCulture)),
            ("suser", v.User), ("shost", v.Device), ("sproc", v.Process), ("dhost", v.Host), ("request", v.Path), ("app", v.App), ("externalId", v.Id),
            ("cs1Label", "policy"), ("cs1", v.Policy), ("cs2Label", "evidence"), ("cs2", v.Evidence), ("cs3Label", "model"), ("cs3", v.Model),
            ("cn1Label", "notAnnounced"), ("cn1", held.ToString(CultureInfo.InvariantCulture)),
        ];
        var fields = string.Join(' ', extension.Where(e => e.Value.Length > 0).Select(e => $"{e.Key}={Extension(e.Value)}"));
        return $"<{Priority}>1 {at} {host} aktodivert-console - violation - "
            + $"CEF:0|AktoDivert|Console|{Header(version)}|{Header(v.Detector + "/" + v.Rule)}|{Header(v.Entity)}|{severity.ToString(CultureInfo.InvariantCulture)}|{fields}";
    }

    private static string Header(string text) => OneLine(text).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal);

    private static string Extension(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string OneLine(string text) => text.Replace('\r', ' ').Replace('\n', ' ');
}
