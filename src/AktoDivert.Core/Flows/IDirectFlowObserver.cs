namespace AktoDivert.Core.Flows;

/// <summary>Sees the connections that go direct by <see cref="IDirectRoutes"/>. Calls come one after the other, on a thread of the engine.</summary>
public interface IDirectFlowObserver
{
    /// <summary>The first bytes of a connection passed.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="host">The host that its ClientHello asks for, lower case; empty when it asks for none, or is none.</param>
    void Started(RedirectedFlow flow, string host);

    /// <summary>A connection that had started, or had sent nothing at all, ended.</summary>
    /// <param name="id">As in <see cref="RedirectedFlow.Id"/>.</param>
    /// <param name="bytesUp">Bytes that the server acknowledged.</param>
    /// <param name="bytesDown">Bytes that the server sent.</param>
    void Ended(ulong id, long bytesUp, long bytesDown);

    /// <summary>A connection was reset before it sent anything.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="host">The host that it asked for, which is intercepted; empty when its ClientHello cannot be read.</param>
    void Refused(RedirectedFlow flow, string host);
}
