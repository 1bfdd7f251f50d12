using AktoDivert.Agent.Policy;
using AktoDivert.Core.Policy;
using AktoDivert.Core.Processes;
using AktoDivert.Redirect;
using Microsoft.Extensions.Logging;

namespace AktoDivert.Agent.Configuration;

/// <summary>Turns the document into options, section by section. The names and ranges here are the ones docs/configuration.md lists.</summary>
internal static class OptionsReader
{
    private static readonly Dictionary<string, RedirectScope> Scopes = new() { ["allowlist"] = RedirectScope.AllowList, ["all"] = RedirectScope.All };

    private static readonly Dictionary<string, RedirectEngine?> Engines = new()
    {
        ["auto"] = RedirectEngine.Auto,
        ["ebpf"] = RedirectEngine.Ebpf,
        ["tun"] = RedirectEngine.Tun,
        ["none"] = null,
    };

    private static readonly Dictionary<string, LogLevel> LogLevels = new()
    {
        ["debug"] = LogLevel.Debug,
        ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error,
    };

    /// <summary>Reads the whole document.</summary>
    public static AgentOptions Read(ConfigurationNode root)
    {
        var defaults = new AgentOptions();
        var options = new AgentOptions
        {
            StateDirectory = root.Member("stateDirectory").AbsolutePath(defaults.StateDirectory)!,
            ControlSocket = SocketPath(root.Member("controlSocket")) ?? defaults.ControlSocket,
            LogLevel = root.Member("logLevel").Choice(defaults.LogLevel, LogLevels),
            Redirect = Redirect(root.Member("redirect")),
            Apps = AppsReader.Read(root.Member("apps")),
            Policy = Policy(root.Member("policy")),
            Guard = Guard(root.Member("guard")),
            Proxy = Proxy(root.Member("proxy")),
            Capture = Capture(root.Member("capture")),
            Upload = Upload(root.Member("upload")),
            Console = Console(root.Member("console")),
            Device = Device(root.Member("device")),
        };
        root.Finish();
        return options;
    }

    private static RedirectSection Redirect(ConfigurationNode node)
    {
        var defaults = new RedirectSection();
        var ports = node.Member("ports");
        var section = new RedirectSection
        {
            Scope = node.Member("scope").Choice(defaults.Scope, Scopes),
            Ports = ports.List(defaults.Ports, port => (int)port.Number(443, 1, 65535)),
            DenyQuic = node.Member("denyQuic").Flag(defaults.DenyQuic),
            Direct = node.Member("direct").Flag(defaults.Direct),
            HeartbeatTimeout = node.Member("heartbeatTimeoutSeconds").Seconds(defaults.HeartbeatTimeout, 1, 60),
            Engine = node.Member("engine").Choice(defaults.Engine, Engines),
            TunUsers = node.Member("tunUsers").List([], user => (uint)user.Number(0, 0, uint.MaxValue)),
            TunControlGroups = node.Member("tunControlGroups").List([], group => group.Text()),
        };
        if (section.Ports.Count is < 1 or > 16)
        {
            ports.Wrong("has too few or too many entries", "write 1 to 16 ports");
        }

        node.Finish();
        return section;
    }

    private static PolicySection Policy(ConfigurationNode node)
    {
        var section = new PolicySection
        {
            Patterns = node.Member("patterns").List([], Pattern),
            AiDomains = Domains(node.Member("aiDomains")),
            ChattyDomains = Domains(node.Member("chattyDomains")),
        };
        node.Finish();
        return section;
    }

    private static ProxyPattern Pattern(ConfigurationNode node)
    {
        var text = node.Member("pattern");
        var mode = node.Member("mode");
        node.Finish();
        if (text.IsAbsent)
        {
            text.Wrong("is missing", "write the pattern, for example \"api.openai.com\"");
        }

        if (mode.IsAbsent)
        {
            mode.Wrong("is missing", "write true to intercept or false to bypass");
        }

        return new ProxyPattern { Pattern = HostText(text) ?? "", Intercept = mode.Flag(true), AddedBy = "configuration file" };
    }

    private static DomainChanges Domains(ConfigurationNode node)
    {
        var changes = new DomainChanges
        {
            Add = node.Member("add").List([], DomainName),
            Remove = node.Member("remove").List([], DomainName),
        };
        node.Finish();
        return changes;
    }

    private static string? HostText(ConfigurationNode node) => node.Parsed<string?>(
        null,
        text => HostPattern.TryParse(text, out var pattern, out var error) ? (pattern!.Text, null) : (null, $"is refused: {error?.TrimEnd('.')}"),
        "write a host, .domain, glob, address range or https://host/path/*");

    private static string? DomainName(ConfigurationNode node) => node.Parsed<string?>(
        null,
        text => DomainText.TryCanonical(text, out var domain, out var error) ? (domain, null) : (null, $"is refused: {error?.TrimEnd('.')}"),
        "write a domain such as openai.com, which covers its subdomains");

    private static GuardSection Guard(ConfigurationNode node)
    {
        var defaults = new GuardSection();
        var remoteTimeout = node.Member("remoteTimeoutSeconds").Seconds(defaults.RemoteTimeout, 0.1, 30);
        var section = new GuardSection
        {
            PoliciesFile = node.Member("policies").AbsolutePath(),
            Tags = node.Member("tags").List([], tag => tag.Text()),
            RemoteTimeout = remoteTimeout,
            Gate = GateReader.Read(node.Member("gate"), remoteTimeout),
            OtlpEndpoint = node.Member("otlpEndpoint").Parsed<Uri?>(null, ConsoleAddress.Parse, "write the collector's address, for example http://127.0.0.1:4318"),
            OtlpContent = node.Member("otlpContent").Flag(defaults.OtlpContent),
        };
        node.Finish();
        return section;
    }

    private static ProxySection Proxy(ConfigurationNode node)
    {
        var defaults = new ProxySection();
        var section = new ProxySection
        {
            MaxConnections = (int)node.Member("maxConnections").Number(defaults.MaxConnections, 1, 1_000_000),
            SilenceLimit = node.Member("silenceLimitSeconds").Seconds(defaults.SilenceLimit, 0.1, 1),
            HandshakeTimeout = node.Member("handshakeTimeoutSeconds").Seconds(defaults.HandshakeTimeout, 1, 120),
            ExtraRootsFile = node.Member("extraRootsFile").AbsolutePath(),
        };
        node.Finish();
        return section;
    }

    private static CaptureSection Capture(ConfigurationNode node)
    {
        var defaults = new CaptureSection();
        var section = new CaptureSection
        {
            BodyBytes = (int)node.Member("bodyBytes").Number(defaults.BodyBytes, 1024, 2 * 1024 * 1024),
            RingRecords = (int)node.Member("ringRecords").Number(defaults.RingRecords, 16, 1_000_000),
            RingBytes = node.Member("ringBytes").Number(defaults.RingBytes, 4 * 1024 * 1024, 1024L * 1024 * 1024),
        };
        node.Finish();
        return section;
    }

    private static UploadSection Upload(ConfigurationNode node)
    {
        var defaults = new UploadSection();
        var section = new UploadSection
        {
            BatchRecords = (int)node.Member("batchRecords").Number(defaults.BatchRecords, 1, 100),
            BatchAge = node.Member("batchAgeSeconds").Seconds(defaults.BatchAge, 0.05, 60),
            SpoolBytes = node.Member("spoolBytes").Number(defaults.SpoolBytes, 16 * 1024 * 1024, 64L * 1024 * 1024 * 1024),
        };
        node.Finish();
        return section;
    }

    private static ConsoleSection Console(ConfigurationNode node)
    {
        var section = new ConsoleSection
        {
            Url = node.Member("url").Parsed<Uri?>(null, ConsoleAddress.Parse, ConsoleAddress.Fix),
            SettingsUrl = node.Member("settingsUrl").Parsed<Uri?>(null, ConsoleAddress.Parse, ConsoleAddress.Fix),
            Socket = SocketPath(node.Member("socket")),
            TokenFile = node.Member("tokenFile").AbsolutePath(),
        };
        node.Finish();
        return section;
    }

    private static DeviceSection Device(ConfigurationNode node)
    {
        var section = new DeviceSection
        {
            Label = node.Member("label").Parsed<string?>(
                null,
                text => (text, text.Length <= 63 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? null : "is not a host label"),
                "write up to 63 lower-case letters, digits and hyphens"),
            User = node.Member("user").Text(),
        };
        node.Finish();
        return section;
    }

    // sockaddr_un.sun_path holds 108 bytes with its final zero.
    private static string? SocketPath(ConfigurationNode node) => node.Parsed<string?>(
        null,
        text => (text, Path.IsPathFullyQualified(text) && text.Length <= 107 ? null : "is not an absolute path of at most 107 characters"),
        "write a short full path");
}
