namespace AktoDivert.Proxy.Intercept.Certificates;

/// <summary>
/// The device CA's files cannot be used as they are. The message names the file and the command that repairs it; it never holds key
/// material.
/// </summary>
public sealed class CertificateAuthorityException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CertificateAuthorityException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    public CertificateAuthorityException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
