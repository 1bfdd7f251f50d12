namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>What part of an exchange a decision is about.</summary>
internal enum JudgedPart
{
    Head,
    Request,
    Response,
    AppMessage,
    ServerMessage,
}
