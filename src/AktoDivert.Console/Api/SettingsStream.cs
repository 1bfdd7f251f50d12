using System.Buffers;
using System.Globalization;
using System.Text;
using AktoDivert.Console.Devices;
using AktoDivert.Console.Settings;

namespace AktoDivert.Console.Api;

/// <summary>
/// Server-sent events (WHATWG HTML, section 9.2): an event <c>settings</c> at connect and at each change, an event <c>diagnose</c> when somebody
/// wants the device's diagnostics, a comment every 15 seconds so that both ends notice a dead connection.
/// </summary>
internal static class SettingsStream
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    public static async Task ServeAsync(
        HttpContext context, SettingsStore settings, DeviceDiagnostics diagnostics, DevicePresence presence, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        var device = context.User.Identity!.Name!;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var feed = new SettingsFeed(settings);
        using var questions = new QuestionFeed(diagnostics, device);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        void End(string retired)
        {
            if (retired == device)
            {
                ending.Cancel();
            }
        }

        presence.StreamsChanged(device, +1);
        presence.Left += End;
        try
        {
            await ServeAsync(context.Response, feed, questions, version => presence.Delivered(device, version), time, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The agent went away, or the console stops: how every stream ends.
        }
        finally
        {
            presence.Left -= End;
            presence.StreamsChanged(device, -1);
        }
    }

    private static async Task ServeAsync(
        HttpResponse response, SettingsFeed feed, QuestionFeed questions, Action<long> delivered, TimeProvider time, CancellationToken cancellation)
    {
        var (next, asked) = (feed.NextAsync(cancellation), questions.NextAsync(cancellation));
        while (true)
        {
            try
            {
                await Task.WhenAny(next, asked).WaitAsync(PingInterval, time, cancellation);
                if (next.IsCompleted)
                {
                    var settings = await next;
                    next = feed.NextAsync(cancellation);
                    // One flush for the whole event: each is a system call, for each of a thousand devices.
                    response.BodyWriter.Write(Head(settings.Version));
                    response.BodyWriter.Write(settings.Json.Span);
                    response.BodyWriter.Write("\n\n"u8);
                    await response.BodyWriter.FlushAsync(cancellation);
                    delivered(settings.Version);
                }

                if (asked.IsCompleted)
                {
                    await asked;
                    asked = questions.NextAsync(cancellation);
                    await response.BodyWriter.WriteAsync("event: diagnose\ndata: {}\n\n"u8.ToArray(), cancellation);
                }
            }
            catch (TimeoutException)
            {
                await response.BodyWriter.WriteAsync(": ping\n\n"u8.ToArray(), cancellation);
            }
        }
    }

    private static byte[] Head(long version) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: settings\nid: {version}\ndata: "));
}
