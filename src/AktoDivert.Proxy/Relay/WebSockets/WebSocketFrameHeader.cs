namespace AktoDivert.Proxy.Relay.WebSockets;

/// <summary>Header of a frame (RFC 6455 section 5.2).</summary>
/// <param name="Final">FIN: the last frame of its message.</param>
/// <param name="Reserved">RSV1 to RSV3 in the bits 0x40, 0x20, 0x10.</param>
/// <param name="Opcode">0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.</param>
/// <param name="Masked">Whether the payload is masked, as every frame of a client is.</param>
/// <param name="Length">Bytes of payload.</param>
internal readonly record struct WebSocketFrameHeader(bool Final, int Reserved, int Opcode, bool Masked, long Length)
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Pong = 10;

    /// <summary>RSV1, which permessage-deflate uses for "compressed" (RFC 7692 section 6).</summary>
    public const int Compressed = 0x40;

    /// <summary>Whether it is a control frame, which may stand between the frames of a message.</summary>
    public bool IsControl => Opcode >= Close;

    /// <summary>Whether opcode, FIN and length go together (sections 5.2 and 5.5).</summary>
    public bool IsValid => IsControl ? Opcode <= Pong && Final && Length <= 125 && Reserved == 0 : Opcode <= Binary && Length >= 0;
}
