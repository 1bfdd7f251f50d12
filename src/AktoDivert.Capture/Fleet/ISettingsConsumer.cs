using AktoDivert.Core.Wire;

namespace AktoDivert.Capture.Fleet;

/// <summary>Takes what the console says on its settings stream.</summary>
public interface ISettingsConsumer
{
    /// <summary>Takes settings as they came; members that are absent stay as they are. Called one at a time.</summary>
    void Apply(AccountSettings settings);

    /// <summary>The console asks for a <see cref="DiagnosticsReport"/>. Must return at once.</summary>
    void Diagnose();
}
