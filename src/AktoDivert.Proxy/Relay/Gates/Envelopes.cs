using System.Text;
using AktoDivert.Core.Exchanges;

namespace AktoDivert.Proxy.Relay.Gates;

/// <summary>Knows requests whose bodies are sequences of enveloped messages: gRPC, gRPC-Web and streaming Connect.</summary>
internal static class Envelopes
{
    /// <summary>Readers of both directions of such a conversation; null when the request is none.</summary>
    public static (IMessageReader App, IMessageReader Server)? TryCreate(HeaderBlock request, GateOptions options)
    {
        var type = request.Find("content-type"u8, out _);
        if (type.StartsWith("application/grpc-web-text"u8))
        {
            return null;
        }

        var isGrpc = type.StartsWith("application/grpc"u8);
        if (!isGrpc && !type.StartsWith("application/connect+"u8))
        {
            return null;
        }

        var coding = Encoding.Latin1.GetString(request.Find(isGrpc ? "grpc-encoding"u8 : "connect-content-encoding"u8, out _));
        return (new EnvelopeReader(coding, options), new EnvelopeReader(coding, options));
    }
}
