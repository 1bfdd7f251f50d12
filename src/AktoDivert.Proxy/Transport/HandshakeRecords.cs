namespace AktoDivert.Proxy.Transport;

/// <summary>
/// Where the records of a TLS handshake end (RFC 8446 section 5.1), so that whoever makes it is not given what comes behind it. From the first
/// protected record on each may be the last of its side.
/// </summary>
internal struct HandshakeRecords
{
    private const int HeaderSize = 5;
    private const byte ApplicationData = 23;

    private byte _type;
    private ushort _length;
    private int _seen;

    /// <summary>How many of the next bytes may be given at once: all, or those up to the end of a protected record.</summary>
    /// <returns>At least 1, unless there are none. What is not given now comes again.</returns>
    public int Admit(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_seen < HeaderSize)
            {
                _type = _seen == 0 ? bytes[at] : _type;
                _length = _seen >= 3 ? (ushort)((_length << 8) | bytes[at]) : (ushort)0;
                _seen++;
                at++;
            }
            else
            {
                var step = Math.Min(bytes.Length - at, HeaderSize + _length - _seen);
                _seen += step;
                at += step;
            }

            if (_seen == HeaderSize + _length)
            {
                _seen = 0;
                if (_type == ApplicationData)
                {
                    break;
                }
            }
        }

        return at;
    }
}
