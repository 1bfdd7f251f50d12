using System.Buffers;
using System.Text.Json;
using AktoDivert.Core.Guarding;
using AktoDivert.Core.Wire;

namespace AktoDivert.Tests.Guardrails.Engine;

/// <summary>What a guard writes of an AI call, read again.</summary>
internal static class WrittenCall
{
    /// <summary>The facts; null when it writes none.</summary>
    public static AuditAiCall? Facts(this IExchangeGuard exchange)
    {
        var json = new ArrayBufferWriter<byte>();
        exchange.WriteCall(json);
        return json.WrittenCount == 0 ? null : JsonSerializer.Deserialize(json.WrittenSpan, WireJson.Default.AuditAiCall);
    }
}
