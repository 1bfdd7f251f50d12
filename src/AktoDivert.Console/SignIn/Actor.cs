using System.Security.Claims;

namespace AktoDivert.Console.SignIn;

/// <summary>Who does something, for the audit log and for what depends on the role.</summary>
/// <param name="Name">Sign-in name, or a token's name.</param>
/// <param name="Role">A <see cref="Roles"/> name.</param>
/// <param name="Address">Address the request came from; empty when unknown.</param>
internal sealed record Actor(string Name, string Role, string Address = "")
{
    /// <summary>The console itself, and its command line.</summary>
    public static readonly Actor Console = new("console", Roles.Admin);

    /// <summary>Whether the actor may look at content.</summary>
    public bool SeesContent => Roles.Reaches(Role, Roles.Analyst);

    /// <summary>The person or token of a principal.</summary>
    public static Actor Of(ClaimsPrincipal principal, string address = "") =>
        new(principal.Identity?.Name ?? "", principal.FindFirstValue(ClaimTypes.Role) ?? "", address);

    /// <summary>The person or token of a request. Minimal APIs bind parameters of this type by it.</summary>
    public static ValueTask<Actor> BindAsync(HttpContext context) =>
        ValueTask.FromResult(Of(context.User, context.Connection.RemoteIpAddress?.ToString() ?? ""));
}
