using Microsoft.AspNetCore.Diagnostics;

namespace AktoDivert.Console.Hosting;

/// <summary>Tells a sender what is wrong with a request that does not bind: which member of the body is missing, which parameter does not parse.</summary>
internal sealed class BadRequestProblems(IProblemDetailsService problems) : IExceptionHandler
{
    /// <inheritdoc />
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
        {
            return false;
        }

        httpContext.Response.StatusCode = bad.StatusCode;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Status = bad.StatusCode, Detail = bad.InnerException?.Message ?? bad.Message },
        });
    }
}
