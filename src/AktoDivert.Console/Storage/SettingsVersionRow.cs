namespace AktoDivert.Console.Storage;

/// <summary>The settings' version, in the one row of its table.</summary>
internal sealed class SettingsVersionRow
{
    /// <summary>Key of the one row.</summary>
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>Grows by one with every change.</summary>
    public long Version { get; set; }
}
