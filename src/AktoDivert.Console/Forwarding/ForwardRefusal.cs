namespace AktoDivert.Console.Forwarding;

/// <summary>Why a target did not take calls.</summary>
/// <param name="Reason">For people.</param>
/// <param name="IsFinal">Whether it would never take them: they are passed over, counted.</param>
/// <param name="RetryAfter">When it asked to be tried again; null when it did not say.</param>
internal sealed record ForwardRefusal(string Reason, bool IsFinal = false, TimeSpan? RetryAfter = null)
{
    /// <summary>The refusal in an HTTP answer: 429 and 5xx are tried again, as are 401 and 403, which a new token mends; null for success.</summary>
    public static ForwardRefusal? Of(HttpResponseMessage answer, TimeProvider time)
    {
        if (answer.IsSuccessStatusCode)
        {
            return null;
        }

        var status = (int)answer.StatusCode;
        var after = answer.Headers.RetryAfter;
        return new ForwardRefusal(
            $"status {status}", status is >= 400 and < 500 and not (401 or 403 or 408 or 429), after?.Delta ?? (after?.Date is { } date ? date - time.GetUtcNow() : null));
    }
}
