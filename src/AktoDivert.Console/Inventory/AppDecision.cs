using AktoDivert.Console.Storage;

namespace AktoDivert.Console.Inventory;

/// <summary>What is decided about an app.</summary>
/// <param name="State">Whether it is welcome.</param>
/// <param name="Note">Why, for people; at most 1000 characters.</param>
/// <param name="Kept">How much of its calls is kept; null for the general level.</param>
/// <param name="KeptDays">After how many days its calls are deleted; null for the general retention, which always holds too.</param>
internal sealed record AppDecision(AppState State = AppState.Undecided, string Note = "", PrivacyLevel? Kept = null, int? KeptDays = null)
{
    /// <summary>What a row says; the beginning of a decision when there is none.</summary>
    public static AppDecision Of(AppRow? row) => row is null ? new AppDecision() : new AppDecision(row.State, row.Note, row.Kept, row.KeptDays);
}
