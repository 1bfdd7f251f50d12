using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace AktoDivert.Console.SignIn;

/// <summary>An open page sends no request that would be checked again, so its person is looked at from time to time.</summary>
internal sealed class CircuitRevalidation(ILoggerFactory loggers, People people) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(10);

    protected override Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        PasswordStamp.IsCurrentAsync(authenticationState.User, people, cancellationToken);
}
