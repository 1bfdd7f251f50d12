namespace AktoDivert.Guardrails.Detectors.Pii.Rules;

/// <summary>All rules for data that is made of numbers and letters. Addresses of the network have classes of their own.</summary>
internal static class PiiRules
{
    /// <summary>The rules, by region.</summary>
    public static IReadOnlyList<PiiRule> All { get; } =
    [
        .. Finance.Rules, .. Dates.Rules, .. Phones.Rules, .. UnitedStates.Rules, .. UnitedKingdom.Rules, .. Germany.Rules,
        .. Spain.Rules, .. Italy.Rules, .. NorthernEurope.Rules, .. Turkey.Rules, .. India.Rules, .. Korea.Rules,
        .. SouthEastAsia.Rules, .. Africa.Rules, .. Australia.Rules, .. Canada.Rules,
    ];
}
