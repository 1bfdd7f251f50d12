using AktoDivert.Redirect.Linux.Interop;

namespace AktoDivert.Redirect.Linux;

/// <summary>The maps of native/ebpf/maps.h, typed.</summary>
internal sealed class RedirectMaps(BpfObject loaded)
{
    internal BpfMap<uint, ConfigRecord> Config { get; } = loaded.Map<uint, ConfigRecord>("config");

    internal BpfMap<uint, ulong> Heartbeat { get; } = loaded.Map<uint, ulong>("heartbeat");

    internal BpfMap<uint, ulong> Ports { get; } = loaded.Map<uint, ulong>("ports");

    internal BpfMap<uint, ProcessRecord> Processes { get; } = loaded.Map<uint, ProcessRecord>("processes");

    internal BpfMap<NameRecord, NameRuleRecord> Names { get; } = loaded.Map<NameRecord, NameRuleRecord>("names");

    internal BpfMap<FileIdRecord, uint> Files { get; } = loaded.Map<FileIdRecord, uint>("files");

    internal BpfMap<PeerRecord, FlowRecord> Peers { get; } = loaded.Map<PeerRecord, FlowRecord>("peers");

    internal BpfMap<AddressRecord, SourceRecord> Sources { get; } = loaded.Map<AddressRecord, SourceRecord>("sources");

    internal BpfMap<uint, AddressRecord> DefaultSources { get; } = loaded.Map<uint, AddressRecord>("default_sources");

    internal BpfMap<uint, long> Counters { get; } = loaded.Map<uint, long>("counters");

    internal int ExecEvents { get; } = loaded.Map<uint, uint>("exec_events").Descriptor;
}
