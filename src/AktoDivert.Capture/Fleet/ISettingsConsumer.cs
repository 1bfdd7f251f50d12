using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Fleet;

/// <summary>Puts settings from the console in force.</summary>
public interface ISettingsConsumer
{
    /// <summary>Takes settings as they came; members that are absent stay as they are. Called one at a time.</summary>
    void Apply(AccountSettings settings);
}
