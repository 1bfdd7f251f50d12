namespace AktoDivert.Console.Hosting;

/// <summary>
/// Headers on every answer. Scripts come from this console only; styles may be inline because Radzen positions pop-ups that way.
/// </summary>
internal static class SecurityHeaders
{
    // The one inline handler there is: Radzen gives it to the items of an AutoComplete, by this text and no other.
    private const string RadzenHandler = "'unsafe-hashes' 'sha256-Gv+T45M6M+kq+caJFhy73JiJ7nitAZcfPRfx1dzDz/4='";

    private const string Policy =
        $"default-src 'self'; script-src 'self' {RadzenHandler}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: with it browsers send "Origin: null" with forms, and SignIn/SameOrigin could not tell ours from others'.
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        return next(context);
    });
}
