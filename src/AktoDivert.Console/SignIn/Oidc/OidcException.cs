namespace AktoDivert.Console.SignIn.Oidc;

/// <summary>An identity provider did not sign a person in; the message says why, without a token or code.</summary>
internal sealed class OidcException(string message, Exception? cause = null) : Exception(message, cause);
