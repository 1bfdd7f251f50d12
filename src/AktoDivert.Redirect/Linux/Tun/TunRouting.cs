using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using AktoDivert.Core.Flows;

namespace AktoDivert.Redirect.Linux.Tun;

/// <summary>
/// Brings packets into the TUN device: nftables marks them, a routing rule sends what is marked there. A killed agent takes the device and
/// its routes with it; what is left only marks packets, which then go their usual way.
/// </summary>
internal sealed class TunRouting : IDisposable
{
    /// <summary>Name of the device.</summary>
    public const string Device = "aktodivert0";

    // RFC 7600's dummy address: the kernel's source check wants one on the device.
    private const string DeviceAddress = "192.0.0.8/32";
    private const string RoutingTable = "41700";
    private static readonly TimeSpan _commandLimit = TimeSpan.FromSeconds(10);

    private readonly string _mark;
    private readonly string[] _picks;
    private readonly RedirectTarget _target;
    private bool _picking;

    /// <summary>Sets everything up but the selection. Throws <see cref="RedirectUnavailableException"/>.</summary>
    public TunRouting(RedirectTarget target, TunSelection selection, (ushort First, ushort Last) ownPorts)
    {
        // A mark of its own for each run: connections of an earlier one are not mistaken for this one's.
        _mark = string.Create(CultureInfo.InvariantCulture, $"0x{0xa1700000 | (uint)Random.Shared.Next(1, 0x10000):x}");
        _target = target;
        _picks = [.. Selectors(selection)];
        if (target.PortV6 != 0)
        {
            // No link-local address, so that the kernel solicits no routers there: only what was picked comes out of the device.
            Run("ip", "link set dev " + Device + " addrgenmode none");
        }

        Run("ip", "link set dev " + Device + " up");
        Run("ip", $"addr add {DeviceAddress} dev {Device}");
        AllowOtherSources();
        Run("ip", $"route add default dev {Device} table {RoutingTable}");
        if (target.PortV6 != 0)
        {
            Run("ip", $"-6 route add default dev {Device} table {RoutingTable}");
        }

        RemoveRules();
        Run("ip", $"rule add fwmark {_mark} lookup {RoutingTable}");
        Run("ip", $"-6 rule add fwmark {_mark} lookup {RoutingTable}");
        Nft(Table(ownPorts));
    }

    // Packets arrive from addresses that lead elsewhere, which the kernel's strict source check would drop.
    private static void AllowOtherSources()
    {
        const string Setting = $"/proc/sys/net/ipv4/conf/{Device}/rp_filter";
        try
        {
            File.WriteAllText(Setting, "2");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new RedirectUnavailableException(
                $"{Setting} cannot be written: {refused.Message}", "let the agent change the kernel's settings (in a systemd unit: ProtectKernelTunables=no)");
        }
    }

    /// <summary>Whether new connections are sent into the device; those that are there stay.</summary>
    public void Pick(bool picking)
    {
        if (picking == _picking)
        {
            return;
        }

        _picking = picking;
        var script = new StringBuilder("flush chain inet aktodivert pick\nflush chain inet aktodivert quic\n");
        foreach (var pick in picking ? _picks : [])
        {
            script.Append(CultureInfo.InvariantCulture, $"add rule inet aktodivert pick {pick} ct mark set {_mark}\n");
            if (_target.DenyQuic)
            {
                script.Append(CultureInfo.InvariantCulture, $"add rule inet aktodivert quic {pick} udp dport {Set(_target.Ports)} reject\n");
            }
        }

        Nft(script.ToString());
    }

    /// <summary>Takes everything away again.</summary>
    public void Dispose()
    {
        _ = TryRun("nft", "delete table inet aktodivert", null);
        RemoveRules();
    }

    private string Table((ushort First, ushort Last) ownPorts)
    {
        var listeners = Set(new[] { _target.PortV4, _target.PortV6 }.Where(port => port != 0).Distinct());
        var family = _target.PortV6 == 0 ? "meta nfproto ipv4 " : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            table inet aktodivert
            delete table inet aktodivert
            table inet aktodivert {
              chain pick {
              }
              chain quic_out {
                type filter hook output priority filter; policy accept;
                oifname "lo" return
                jump quic
              }
              chain quic {
              }
              chain out {
                type route hook output priority mangle; policy accept;
                oifname "lo" return
                tcp sport {{listeners}} meta mark set {{_mark}}
                tcp sport {{ownPorts.First}}-{{ownPorts.Last}} return
                {{family}}tcp dport {{Set(_target.Ports)}} tcp flags & (syn | ack) == syn jump pick
                tcp dport {{Set(_target.Ports)}} ct mark {{_mark}} meta mark set {{_mark}}
              }
              chain in {
                type filter hook input priority mangle; policy accept;
                iifname != { "lo", "{{Device}}" } tcp dport {{listeners}} drop
              }
            }

            """);
    }

    private static IEnumerable<string> Selectors(TunSelection selection)
    {
        if (selection.Users.Count == 0 && selection.ControlGroups.Count == 0)
        {
            yield return "";
        }

        foreach (var user in selection.Users)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"meta skuid {user}");
        }

        foreach (var group in selection.ControlGroups.Select(group => group.Trim('/')))
        {
            var level = group.Count(c => c == '/') + 1;
            yield return string.Create(CultureInfo.InvariantCulture, $"socket cgroupv2 level {level} \"{group.Replace("\"", "", StringComparison.Ordinal)}\"");
        }
    }

    private static string Set(IEnumerable<int> ports) => $"{{ {string.Join(", ", ports)} }}";

    private static void RemoveRules()
    {
        foreach (var family in new[] { "-4", "-6" })
        {
            // One left by a killed agent, or several.
            while (TryRun("ip", $"{family} rule del lookup {RoutingTable}", null) is null)
            {
            }
        }
    }

    private static void Nft(string script) => Throw("nft", TryRun("nft", "-f -", script));

    private static void Run(string program, string arguments) => Throw($"{program} {arguments}", TryRun(program, arguments, null));

    private static void Throw(string command, string? error)
    {
        if (error is not null)
        {
            throw new RedirectUnavailableException(
                $"{command} failed: {error}", "install nftables and iproute2, and give the agent CAP_NET_ADMIN; the kernel needs nf_tables and conntrack");
        }
    }

    /// <summary>Runs a program; null when it worked, else what it said.</summary>
    private static string? TryRun(string program, string arguments, string? input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Write(input ?? "");
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEnd();
            if (!process.WaitForExit(_commandLimit))
            {
                process.Kill();
                return "it did not end";
            }

            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (Exception missing) when (missing is Win32Exception or IOException)
        {
            return missing.Message;
        }
    }
}
