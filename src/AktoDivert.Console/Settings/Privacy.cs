using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Settings;

/// <summary>How much of calls is kept: in general, and of an app (<see cref="Inventory.AppDecisions"/>).</summary>
internal sealed class Privacy(SettingsStore settings)
{
    /// <summary>Sets the general level.</summary>
    public Task<SettingsChange> SetKeptAsync(PrivacyLevel kept, Actor by, CancellationToken cancellation) =>
        settings.SetOptionAsync(ConfigurationSection.KeptOption, kept.ToString(), by, "privacy.set", cancellation);
}
