using AktoDivert.Console.Settings;
using AktoDivert.Console.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace AktoDivert.Console.Components;

/// <summary>A part of a page that acts in the name of the person who looks at it, as far as the role allows.</summary>
public abstract class ActingComponent : FollowingComponent
{
    [CascadingParameter] private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <summary>The person.</summary>
    private protected Actor Actor { get; private set; } = new("", "");

    /// <summary>Whether the person may change settings.</summary>
    private protected bool IsAdmin => Roles.Reaches(Actor.Role, Roles.Admin);

    /// <summary>Whether the person may work on violations and look at content.</summary>
    private protected bool IsAnalyst => Roles.Reaches(Actor.Role, Roles.Analyst);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => Actor = Actor.Of((await Authentication).User);

    /// <summary>Says how a change went.</summary>
    private protected void Tell(SettingsChange change, string success)
    {
        if (change.Applied)
        {
            Notes.Notify(NotificationSeverity.Success, success, $"Version {change.Version} is on its way to the devices.");
        }
        else
        {
            Notes.Notify(NotificationSeverity.Warning, "Not changed", change.Errors[0]);
        }
    }

    /// <summary>Says that something was done, or with an error that it was not.</summary>
    private protected void Tell(string? error, string success) => Notes.Notify(
        error is null ? NotificationSeverity.Success : NotificationSeverity.Warning, error is null ? success : "Not done", error ?? "");
}
