using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AktoDivert.Agent.Configuration;
using AktoDivert.Agent.Hosting;
using AktoDivert.Capture;
using AktoDivert.Capture.Fleet;
using AktoDivert.Core.Diagnostics;
using AktoDivert.Guardrails.Remote;

namespace AktoDivert.Agent.Guarding;

/// <summary>
/// Akto's guardrail service: <c>POST /api/http-proxy?guardrails=true</c> with a flat record, its payload wrapped as <c>{"body":...}</c>. The call
/// is not stored there, since it is uploaded anyhow. After a time-out it is left alone for a while, so that an outage costs one wait.
/// </summary>
internal sealed class AktoEvaluation(ConsoleLink link, AgentOptions options, DeviceIdentity device, AgentCounters counters, TimeProvider time) : IRemoteEvaluation
{
    // The service takes 262,144 characters a string.
    private const int MaximumPrompt = 240_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private long _silentUntil;

    /// <inheritdoc />
    public async ValueTask<RemoteVerdict> EvaluateAsync(RemoteCall call, CancellationToken cancellation)
    {
        if (time.GetTimestamp() < Volatile.Read(ref _silentUntil))
        {
            counters.Add("guard.remote.unchecked.paused");
            return RemoteVerdict.NotJudged("the guardrail service did not answer a moment ago");
        }

        using var limit = new CancellationTokenSource(options.Guard.RemoteTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            var answer = await link.Client.PostAsync("/api/http-proxy?guardrails=true&response_guardrails=false&ingest_data=false", Body(call), either.Token, ingestion: true);
            var verdict = RemoteVerdict.Parse(answer);
            counters.Add(verdict.Unchecked is null ? "guard.remote.judged" : "guard.remote.unchecked.no-verdict");
            return verdict;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && fault is HttpRequestException or ConsoleRefusedException or OperationCanceledException or IOException)
        {
            Volatile.Write(ref _silentUntil, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
            counters.Add(limit.IsCancellationRequested ? "guard.remote.unchecked.time-out" : "guard.remote.unchecked.fault");
            return RemoteVerdict.NotJudged(limit.IsCancellationRequested ? "the guardrail service did not answer in time" : "the guardrail service cannot be reached");
        }
    }

    private byte[] Body(RemoteCall call)
    {
        var buffer = new ArrayBufferWriter<byte>(call.Prompt.Length + 1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("path", call.Path);
            writer.WriteString("method", call.Method);
            writer.WriteString("requestHeaders", Text(inner =>
            {
                inner.WriteString("host", $"{device.Label}.ai-agent.{DeviceIdentity.Dashed(call.Agent)}");
                inner.WriteString("content-type", "application/json");
            }));
            writer.WriteString("responseHeaders", "{}");
            writer.WriteString("requestPayload", Text(inner => inner.WriteString("body", call.Prompt[..Math.Min(call.Prompt.Length, MaximumPrompt)])));
            writer.WriteString("responsePayload", "");
            writer.WriteString("ip", call.User.Length > 0 ? call.User : device.UserName);
            writer.WriteString("destIp", "127.0.0.1");
            writer.WriteString("time", time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
            writer.WriteString("statusCode", "200");
            writer.WriteString("status", "200");
            writer.WriteString("type", "HTTP/1.1");
            writer.WriteString("akto_account_id", "1000000");
            writer.WriteString("akto_vxlan_id", device.Label);
            writer.WriteString("is_pending", "false");
            writer.WriteString("source", "MIRRORING");
            writer.WriteString("tag", Text(inner =>
            {
                inner.WriteString("gen-ai", "Gen AI");
                inner.WriteString("ai-agent", DeviceIdentity.Dashed(call.Agent));
                inner.WriteString("source", "ENDPOINT");
            }));
            writer.WriteString("metadata", "{}");
            writer.WriteString("contextSource", "ENDPOINT");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
