using System.Net.Http.Headers;
using System.Net.Mail;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AktoDivert.Console.Audit;
using AktoDivert.Console.SignIn;
using AktoDivert.Console.Storage;
using AktoDivert.Core.Guarding;
using Microsoft.EntityFrameworkCore;

namespace AktoDivert.Console.Notifications;

/// <summary>Sends one message to one target, and keeps how it went.</summary>
internal sealed class NotificationSender(IDbContextFactory<ConsoleDb> databases, ContentSeal seal, AuditLog audit, TimeProvider time) : IDisposable
{
    /// <summary>Header of a webhook's signature: <c>sha256=</c> and the HMAC of the body by the target's secret, hex.</summary>
    public const string SignatureHeader = "x-aktodivert-signature";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly string Version = typeof(NotificationSender).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    // A webhook that redirects would lead the message to where nobody meant it to go.
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };

    /// <summary>Sends a group.</summary>
    /// <returns>Why it did not arrive, or null.</returns>
    public async Task<string?> SendAsync(NotificationTargetRow target, NotificationGroup group, int held, CancellationToken cancellation)
    {
        string? error;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(Patience);
            error = target.Kind switch
            {
                NotificationKind.Webhook => await PostAsync(target, group, held, patience.Token),
                NotificationKind.Syslog => await SyslogAsync(target, group, held, patience.Token),
                _ => await MailAsync(target, group, held, patience.Token),
            };
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or SmtpException or FormatException or CryptographicException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            error = e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} seconds" : e.Message;
        }

        await using var db = await databases.CreateDbContextAsync(cancellation);
        var sentMs = error is null ? time.GetUtcNow().ToUnixTimeMilliseconds() : target.LastSentMs;
        await db.NotificationTargets.Where(t => t.Id == target.Id).ExecuteUpdateAsync(
            u => u.SetProperty(t => t.LastError, error ?? "").SetProperty(t => t.LastSentMs, sentMs), cancellation);
        return error;
    }

    /// <summary>Sends a made-up violation.</summary>
    /// <returns>Why it did not arrive, or null.</returns>
    public async Task<string?> TestAsync(string id, Actor by, CancellationToken cancellation)
    {
        await using var db = await databases.CreateDbContextAsync(cancellation);
        if (await db.NotificationTargets.FindAsync([id], cancellation) is not { } target)
        {
            return $"There is no target {id}.";
        }

        await audit.WriteAsync(by, "notification.test", target.Name, cancellation);
        var violation = new ViolationRow
        {
            DeviceId = "test", Id = "test", CallId = "test", ReceivedMs = time.GetUtcNow().ToUnixTimeMilliseconds(), Policy = "Test message",
            Detector = "test", Entity = "test", Severity = FindingSeverity.Low, Verdict = Verdict.Alert, App = "console", User = by.Name,
        };
        return await SendAsync(target, new NotificationGroup(violation, 0), 0, cancellation);
    }

    public void Dispose() => _client.Dispose();

    private async Task<string?> PostAsync(NotificationTargetRow target, NotificationGroup group, int held, CancellationToken cancellation)
    {
        var v = group.First;
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            // Slack's and Mattermost's incoming webhooks show this member.
            text = group.Title,
            count = group.Count,
            notAnnounced = held,
            violation = new
            {
                id = v.Id, callId = v.CallId, atMs = v.AtMs, policy = v.Policy, detector = v.Detector, rule = v.Rule, entity = v.Entity,
                severity = v.Severity.ToString(), verdict = v.Verdict.ToString(), monitor = v.Monitor, evidence = v.Evidence, device = v.Device,
                user = v.User, app = v.App, process = v.Process, host = v.Host, path = v.Path, model = v.Model, conversation = v.ConversationId,
            },
        });
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = content };
        if (Secret(target) is { Length: > 0 } secret)
        {
            request.Headers.Add(SignatureHeader, $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}");
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.IsSuccessStatusCode ? null : $"the webhook answered {(int)answer.StatusCode}";
    }

    private static async Task<string?> SyslogAsync(NotificationTargetRow target, NotificationGroup group, int held, CancellationToken cancellation)
    {
        var address = new Uri(target.Address);
        var port = address.Port > 0 ? address.Port : 514;
        var line = Encoding.UTF8.GetBytes(CefLine.Of(group, held, Environment.MachineName, Version));
        if (address.Scheme == "udp")
        {
            using var udp = new UdpClient();
            await udp.SendAsync(line, address.Host, port, cancellation);
            return null;
        }

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, port, cancellation);
        // Octet counting (RFC 6587 section 3.4.1).
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{line.Length} ")), cancellation);
        await tcp.GetStream().WriteAsync(line, cancellation);
        return null;
    }

    private async Task<string?> MailAsync(NotificationTargetRow target, NotificationGroup group, int held, CancellationToken cancellation)
    {
        var address = new Uri(target.Address);
        using var smtp = new SmtpClient(address.Host, address.Port > 0 ? address.Port : 25) { EnableSsl = address.Scheme == "smtps" };
        if (Secret(target).Split(':', 2) is [var user, var password])
        {
            smtp.Credentials = new System.Net.NetworkCredential(user, password);
        }

        var recipients = target.Recipients.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var v = group.First;
        using var mail = new MailMessage
        {
            From = new MailAddress(recipients[0]),
            // A header is one line; what an app sent must not become another header.
            Subject = $"AktoDivert: {group.Title}".ReplaceLineEndings(" "),
            Body = $"{group.Title}\n\npolicy: {v.Policy}\nevidence: {v.Evidence}\ndevice: {v.Device}\nprocess: {v.Process}\nendpoint: {v.Host}{v.Path}\n"
                + $"model: {v.Model}\nviolation: {v.Id}\n{(held > 0 ? $"\nNot announced before, because of the rate limit: {held}\n" : "")}",
        };
        foreach (var recipient in recipients)
        {
            mail.To.Add(recipient);
        }

        await smtp.SendMailAsync(mail, cancellation);
        return null;
    }

    private string Secret(NotificationTargetRow target) => seal.OpenText(target.SealedSecret, target.Id);
}
