using System.Collections.Frozen;

namespace AktoDivert.Capture.Scrub;

/// <summary>The names under which programs send credentials: header fields, JSON members, form fields, query parameters.</summary>
internal static class SensitiveNames
{
    private const int MaxLength = 96;

    // Compared without case, '-', '_', '.' and blanks, so that apiKey, api_key and Api-Key are one name.
    private static readonly FrozenSet<string> Always = FrozenSet.Create(
        StringComparer.Ordinal,
        "apitoken", "passwd", "pwd", "passphrase", "authorization", "proxyauthorization", "oauthtoken", "bearertoken", "bearer",
        "secretaccesskey", "sharedaccesskey", "accountkey", "connectionstring", "cookie", "cookies", "setcookie", "csrftoken", "xsrftoken",
        "devicetoken", "securitytoken", "xamzsecuritytoken", "xamzsignature", "xamzcredential", "xgoogsignature", "xgoogcredential",
        "subscriptionkey", "codeverifier", "clientassertion", "sharedsecret", "signingkey", "encryptionkey", "copilottoken", "githubtoken",
        "userjwt", "enrolmenttoken", "usertoken", "bottoken", "servicetoken", "registrationtoken", "attestationtoken");

    private static readonly string[] AlwaysEndings =
    [
        "apikey", "accesstoken", "refreshtoken", "idtoken", "clientsecret", "password", "secretkey", "authtoken", "sessiontoken",
        "sessionkey", "privatekey", "accesskey", "prooftoken", "requirementstoken",
    ];

    private static readonly FrozenSet<string> IfShaped = FrozenSet.Create(
        StringComparer.Ordinal,
        "token", "key", "secret", "code", "auth", "session", "sessionid", "credential", "credentials", "jwt",
        "value", "ticket", "pat", "state",
        "signature", "assertion", "hash");

    private static readonly FrozenSet<string> AlwaysInQuery = FrozenSet.Create(
        StringComparer.Ordinal,
        "key", "token", "code", "sig", "signature", "secret", "auth", "session", "sessionid", "credential",
        "jwt", "ticket", "pat", "assertion");

    private static readonly FrozenSet<string> Headers = FrozenSet.Create(
        StringComparer.Ordinal,
        "authorization", "proxy-authorization", "cookie", "cookie2", "set-cookie", "set-cookie2", "api-key", "apikey", "token", "secret",
        "authentication-info", "proxy-authentication-info", "x-auth", "x-key", "x-session", "x-amz-signature", "ocp-apim-subscription-key",
        "x-functions-key", "dpop", "x-sentry-auth", "statsig-api-key");

    private static readonly string[] HeaderEndings =
    [
        "-token", "-secret", "-api-key", "-apikey", "-authorization", "-password", "-cookie", "-signature", "-jwt",
        "-credential", "-credentials",
        "-access-key", "-auth-key", "-session-key",
    ];

    /// <summary>Judges a JSON member's name.</summary>
    public static Sensitivity OfMember(ReadOnlySpan<char> name) => Judge(name, IfShaped, Sensitivity.IfShaped);

    /// <summary>
    /// Judges the name of a query parameter or form field: there, short names such as <c>key</c> and <c>code</c> carry credentials.
    /// </summary>
    public static Sensitivity OfParameter(ReadOnlySpan<char> name) => Judge(name, AlwaysInQuery, Sensitivity.Always);

    /// <summary>Whether a header field carries a credential. <paramref name="name"/> is in lower case.</summary>
    public static bool IsSecretHeader(string name)
    {
        if (Headers.Contains(name))
        {
            return true;
        }

        foreach (var ending in HeaderEndings)
        {
            if (name.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static Sensitivity Judge(ReadOnlySpan<char> name, FrozenSet<string> further, Sensitivity ofFurther)
    {
        if (name.IsEmpty || name.Length > MaxLength)
        {
            return Sensitivity.None;
        }

        Span<char> buffer = stackalloc char[MaxLength];
        var length = 0;
        foreach (var c in name)
        {
            if (c is not ('-' or '_' or '.' or ' '))
            {
                buffer[length++] = char.ToLowerInvariant(c);
            }
        }

        ReadOnlySpan<char> normal = buffer[..length];
        if (Always.GetAlternateLookup<ReadOnlySpan<char>>().Contains(normal))
        {
            return Sensitivity.Always;
        }

        foreach (var ending in AlwaysEndings)
        {
            if (normal.EndsWith(ending, StringComparison.Ordinal))
            {
                return Sensitivity.Always;
            }
        }

        return further.GetAlternateLookup<ReadOnlySpan<char>>().Contains(normal) ? ofFurther : Sensitivity.None;
    }
}
