using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;

namespace AktoDivert.Console.Notifications;

/// <summary>A target as a person enters it.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Kind">How it is told.</param>
/// <param name="Address">See <see cref="NotificationTargetRow.Address"/>.</param>
/// <param name="Recipients">E-mail: separated by commas.</param>
/// <param name="Secret">Webhook: key of the signature; e-mail: <c>user:password</c>; null keeps what is stored.</param>
/// <param name="From">Mildest severity announced.</param>
/// <param name="Enabled">Whether it is told at all.</param>
/// <param name="GroupSeconds">0 to 86400.</param>
/// <param name="MostPerHour">1 to 10000.</param>
/// <param name="Id">Id of an existing one; null for a new one.</param>
internal sealed record NotificationTargetDraft(
    string Name, NotificationKind Kind, string Address, string Recipients = "", string? Secret = null, FindingSeverity From = FindingSeverity.High,
    bool Enabled = true, int GroupSeconds = 60, int MostPerHour = 60, string? Id = null);
