using System.Globalization;

namespace AktoDivert.Agent.Service;

/// <summary>The systemd unit of the agent: what it may do is what it needs, and nothing else.</summary>
internal static class SystemdUnit
{
    /// <summary>Name of the unit.</summary>
    public const string Name = "aktodivert.service";

    /// <summary>The unit's text.</summary>
    /// <param name="executable">Full path of the agent.</param>
    /// <param name="configuration">Full path of the configuration file; null for the default one.</param>
    /// <param name="stateDirectory">Folder that the agent writes to.</param>
    public static string Text(string executable, string? configuration, string stateDirectory) => string.Create(CultureInfo.InvariantCulture, $"""
        [Unit]
        Description=AktoDivert agent
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=notify
        ExecStart={Quoted(executable)} run{(configuration is null ? "" : $" --config {Quoted(configuration)}")}
        Restart=on-failure
        RestartSec=2
        WatchdogSec=30
        TimeoutStopSec=10
        RuntimeDirectory=aktodivert
        RuntimeDirectoryMode=0700
        StateDirectory=aktodivert
        StateDirectoryMode=0700
        UMask=0077
        LimitNOFILE=1048576
        LimitMEMLOCK=infinity

        # BPF programs and maps; other users' /proc entries; trust stores of users.
        CapabilityBoundingSet=CAP_BPF CAP_NET_ADMIN CAP_PERFMON CAP_DAC_READ_SEARCH CAP_DAC_OVERRIDE CAP_SYS_PTRACE CAP_CHOWN CAP_FOWNER CAP_SETUID CAP_SETGID
        NoNewPrivileges=yes
        # A new device CA goes into the trust stores: below /etc, /usr, /opt, /var and people's homes, by the distribution's own commands.
        ProtectSystem=yes
        ReadWritePaths={Quoted(stateDirectory)} -/usr/local/share -/usr/lib/jvm -/usr/java
        PrivateTmp=yes
        PrivateDevices=yes
        ProtectKernelModules=yes
        ProtectKernelLogs=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectClock=yes
        ProtectHostname=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service bpf perf_event_open

        [Install]
        WantedBy=multi-user.target

        """);

    // systemd.service(5): quotes, backslashes, specifiers and variables are special in a command line.
    private static string Quoted(string path)
    {
        var escaped = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return escaped.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? escaped : $"\"{escaped}\"";
    }
}
