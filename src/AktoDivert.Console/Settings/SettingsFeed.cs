using System.Threading.Channels;

namespace AktoDivert.Console.Settings;

/// <summary>
/// One listener's view of <see cref="SettingsStore.Changed"/>: yields the newest settings only, so that a slow listener skips what is
/// outdated and never holds up the change or the other listeners.
/// </summary>
internal sealed class SettingsFeed : IDisposable
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly SettingsStore _store;
    private long _yielded = -1;

    /// <summary>Listens from now on; the settings in force are the first to be yielded.</summary>
    public SettingsFeed(SettingsStore store)
    {
        _store = store;
        _store.Changed += Signal;
        Signal(store.Current);
    }

    /// <summary>Waits for settings newer than those yielded before.</summary>
    public async Task<ConsoleSettings> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _signal.Reader.ReadAsync(cancellation);
            var settings = _store.Current;
            if (settings.Version > _yielded)
            {
                _yielded = settings.Version;
                return settings;
            }
        }
    }

    public void Dispose() => _store.Changed -= Signal;

    private void Signal(ConsoleSettings settings) => _signal.Writer.TryWrite(true);
}
