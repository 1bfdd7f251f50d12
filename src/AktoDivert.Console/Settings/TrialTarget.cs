using System.Net;
using AktoDivert.Core.Policy;

namespace AktoDivert.Console.Settings;

/// <summary>A question to the test box: <c>claude.exe -> bridge.claudeusercontent.com</c>.</summary>
/// <param name="Process">Executable file name; empty when none was given.</param>
/// <param name="Host">Host name, lower case.</param>
/// <param name="Destination">Address and port; the address is unspecified for a name.</param>
internal sealed record TrialTarget(string Process, string Host, IPEndPoint Destination)
{
    private const string Usage = "write process -> host, for example claude.exe -> bridge.claudeusercontent.com";

    private static readonly string[] Arrows = ["->", "→", " "];

    /// <summary>Reads a question.</summary>
    /// <returns>False with what to write instead.</returns>
    public static bool TryParse(string text, out TrialTarget? target, out string? error)
    {
        (target, error) = (null, null);
        var parts = Arrows.Select(a => text.Trim().Split(a, 2, StringSplitOptions.TrimEntries)).FirstOrDefault(p => p.Length == 2) ?? ["", text.Trim()];
        var (process, place) = (Path.GetFileName(parts[0].Replace('\\', '/')), parts[1]);
        if (place.Length == 0)
        {
            error = $"Which host? Please {Usage}.";
            return false;
        }

        if (!Uri.TryCreate(place.Contains("://", StringComparison.Ordinal) ? place : $"https://{place}", UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            error = $"\"{place}\" is no host: {Usage}.";
            return false;
        }

        var host = uri.IdnHost.TrimEnd('.').ToLowerInvariant();
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address) && !HostPattern.TryParseDomain(host, out _, out var fault))
        {
            error = $"\"{host}\": {fault}";
            return false;
        }

        target = new TrialTarget(process, host, new IPEndPoint(address ?? IPAddress.Any, uri.Port > 0 ? uri.Port : 443));
        return true;
    }
}
