namespace AktoDivert.Console.SignIn;

/// <summary>
/// Refuses state-changing requests that another site's page made the browser send. The cookie is SameSite=Strict already; this also covers
/// other ports of the same host, which count as the same site. Requests with a token carry no ambient authority and pass.
/// </summary>
internal sealed class SameOrigin : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        var safe = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        return safe || request.Headers.Authorization.Count > 0 || IsSameOrigin(request)
            ? await next(context)
            : TypedResults.Problem("This request came from another site's page.", statusCode: StatusCodes.Status403Forbidden);
    }

    // Browsers send Origin with every POST and DELETE (Fetch standard, section 3.2); a client that omits it is not a browser and must use a token.
    private static bool IsSameOrigin(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
        && origin.Scheme == request.Scheme
        && string.Equals(origin.Authority, new UriBuilder(request.Scheme, request.Host.Host, request.Host.Port ?? -1).Uri.Authority, StringComparison.OrdinalIgnoreCase);
}
