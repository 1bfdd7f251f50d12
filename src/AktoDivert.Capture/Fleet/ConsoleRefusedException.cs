using System.Net;

namespace AktoDivert.Capture.Fleet;

/// <summary>The console answered a request with something other than success.</summary>
/// <param name="request">Method and path.</param>
/// <param name="status">The status it answered with.</param>
public sealed class ConsoleRefusedException(string request, HttpStatusCode status)
    : Exception($"The console answered {request} with {(int)status} {status}{Fix(status)}")
{
    /// <summary>The status code.</summary>
    public HttpStatusCode Status => status;

    private static string Fix(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": enrol the device again or renew its token file.",
        HttpStatusCode.NotFound => ": check the console's address.",
        _ => ".",
    };
}
