namespace AktoDivert.Redirect.Divert;

/// <summary>What happened (WINDIVERT_EVENT of windivert.h 2.2).</summary>
internal enum DivertEvent : byte
{
    /// <summary>A packet, on the network layers.</summary>
    Packet = 0,

    /// <summary>A flow was established.</summary>
    FlowEstablished = 1,

    /// <summary>A flow ended.</summary>
    FlowDeleted = 2,

    /// <summary>bind(), explicit or implied.</summary>
    SocketBind = 3,

    /// <summary>connect(), or the first send of an unconnected UDP socket.</summary>
    SocketConnect = 4,

    /// <summary>listen().</summary>
    SocketListen = 5,

    /// <summary>accept().</summary>
    SocketAccept = 6,

    /// <summary>The socket's end.</summary>
    SocketClose = 7,

    /// <summary>Another program opened a handle.</summary>
    ReflectOpen = 8,

    /// <summary>Another program closed a handle.</summary>
    ReflectClose = 9,
}
