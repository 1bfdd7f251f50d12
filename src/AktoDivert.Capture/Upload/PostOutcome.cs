namespace AktoDivert.Capture.Upload;

/// <summary>What became of a post, judged by the status code alone: Akto answers a success with <c>{"success":false}</c>.</summary>
internal enum PostOutcome
{
    /// <summary>All records were taken.</summary>
    Accepted,

    /// <summary>The service is not able to take anything now; the same post may work later.</summary>
    Unavailable,

    /// <summary>The token is missing, expired or revoked.</summary>
    Unauthorized,

    /// <summary>Some record of the post is refused; others of it may have been taken.</summary>
    Refused,

    /// <summary>The post, or one record in it, is too large.</summary>
    TooLarge,
}
